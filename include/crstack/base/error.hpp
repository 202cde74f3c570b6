// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>

namespace crstack {

/// Exit codes of the program. A command that runs another program (`exec`, `run`, `up --exit-code-from`)
/// passes that program's own code on instead.
enum class ExitCode : int {
  ok = 0,
  failure = 1,        ///< the engine or a container said no
  usage = 2,          ///< a wrong command line, or a wrong manifest
  engine_lost = 125,  ///< the engine went away while `run` waited for its container's end
  engine_lost_in_exec = 255,
  interrupted = 130  ///< stopped by Ctrl-C
};

/// The root of everything crstack throws on purpose. `what()` is a whole sentence for the user; `hint()` says
/// what to do about it and may be empty. Neither ever holds a secret.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& what, std::string hint = {})
      : std::runtime_error(what), hint_(std::move(hint)) {}
  [[nodiscard]] const std::string& hint() const noexcept { return hint_; }
  [[nodiscard]] virtual ExitCode exit_code() const noexcept { return ExitCode::failure; }

 private:
  std::string hint_;
};

/// The command line is wrong.
class UsageError : public Error {
 public:
  using Error::Error;
  [[nodiscard]] ExitCode exit_code() const noexcept override { return ExitCode::usage; }
};

/// The user asked to stop (Ctrl-C) or a deadline that the user set has passed.
class Cancelled : public Error {
 public:
  using Error::Error;
  [[nodiscard]] ExitCode exit_code() const noexcept override { return ExitCode::interrupted; }
};

}  // namespace crstack
