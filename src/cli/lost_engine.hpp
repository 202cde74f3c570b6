// SPDX-License-Identifier: MIT
#pragma once

#include "crstack/base/error.hpp"

namespace crstack::cli {

/// The engine went away while a command ran in a container: what that ends with nobody will know. Docker's
/// own codes for it.
class LostEngine : public Error {
 public:
  LostEngine(const Error& error, ExitCode code) : Error(error.what(), error.hint()), code_(code) {}
  [[nodiscard]] ExitCode exit_code() const noexcept override { return code_; }

 private:
  ExitCode code_;
};

}  // namespace crstack::cli
