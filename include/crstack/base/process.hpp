// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "crstack/base/environment.hpp"

namespace crstack {

/// A program's standard streams; -1 where it has those of this one.
struct ProcessStreams {
  int in = -1, out = -1, err = -1;
};

/// Whether a program is sent the signals that this one blocks to stop in good order. Where not, only SIGKILL
/// and the end of its input end it: `ssh` outlives a Ctrl-C so, to stop a stack through.
enum class StopSignals { as_here, delivered };

/// Starts a program, found in PATH unless its name has a slash, with this program's variables or those of
/// `environment`. Gives its ID, or -1 and `errno`. The caller reaps it.
pid_t spawn(std::vector<std::string> command, const ProcessStreams& streams, StopSignals signals,
            const Environment* environment = nullptr);

/// Waits for a program's end: its status as waitpid(2) gives it.
int reap(pid_t pid);

/// Asks a program to end (SIGTERM) once the token is stopped, until it has ended.
class EndOnStop {
 public:
  EndOnStop(pid_t pid, const std::stop_token& stop);
  /// As `crstack::reap`.
  int reap();

 private:
  pid_t pid_;
  std::optional<std::stop_callback<std::function<void()>>> callback_;
};

/// What can be read from a descriptor to its end, line by line; the last need not have an end of its own.
void each_line(int fd, const std::function<void(const std::string&)>& use);

struct ProcessResult {
  int exit_code = 127;  ///< 127: there is no such program
  std::string out;
};

/// Runs a program to its end, feeding it `input` and taking its standard output; its errors are dropped.
ProcessResult run_process(const std::vector<std::string>& command, const std::string& input);

}  // namespace crstack
