// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "crstack/base/error.hpp"
#include "crstack/project/project.hpp"

namespace crstack::manifest {

enum class Severity { warning, error };

/// One thing that is wrong with a manifest, and where.
struct Diagnostic {
  Severity severity = Severity::error;
  project::SourceLocation where;
  std::string key_path;     ///< `services.web.ports[0]`
  std::string message;      ///< a sentence, never with a value from a secret or an env file
  std::string hint;         ///< what to do; may be empty
  std::string source_line;  ///< the line of the file, for the caret; empty where it can't be shown
};

/// `file:line:column: `; empty where it is of no file.
std::string place_of(const Diagnostic& diagnostic);

/// `file:line:column: error: message`, the source line, a caret, and the hint.
std::string to_string(const Diagnostic& diagnostic);

/// A manifest that can't be used: all that is wrong with it, found in one run.
class ManifestError : public Error {
 public:
  explicit ManifestError(std::vector<Diagnostic> diagnostics);
  [[nodiscard]] const std::vector<Diagnostic>& diagnostics() const noexcept { return diagnostics_; }
  [[nodiscard]] ExitCode exit_code() const noexcept override { return ExitCode::usage; }

 private:
  std::vector<Diagnostic> diagnostics_;
};

}  // namespace crstack::manifest
