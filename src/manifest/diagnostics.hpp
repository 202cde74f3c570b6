// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "crstack/manifest/diagnostic.hpp"
#include "crstack/manifest/node.hpp"
#include "replaced_variables.hpp"
#include "sources.hpp"

namespace crstack::manifest {

/// Collects what is wrong with a manifest, so that one run reports all of it. The same message at the same
/// place is kept once. `sources` must outlive it.
class Diagnostics {
 public:
  explicit Diagnostics(const Sources& sources) : sources_(&sources) {}

  /// `message` is a sentence that names the key, without a final stop; `hint` says what to do and may be
  /// empty.
  void error(Mark where, std::string key_path, std::string message, std::string hint = {});
  void warning(Mark where, std::string key_path, std::string message, std::string hint = {});

  /// Takes note of what a variable was replaced by: messages name the variable in its place.
  void replaced(std::string_view name, const std::string& value) { replaced_.note(name, value); }

  /// A value that stands at `where`, as a message may show it: as it is written there, if a variable has been
  /// replaced in it. What a message has in double quotes need not be asked for.
  [[nodiscard]] std::string shown(const std::string& value, Mark where) const;

  [[nodiscard]] bool has_errors() const { return errors_ != 0; }
  /// Whether something is wrong with `key_path` or with what is below it.
  [[nodiscard]] bool has_error_in(const std::string& key_path) const;
  [[nodiscard]] std::size_t errors() const { return errors_; }
  [[nodiscard]] const std::vector<Diagnostic>& all() const { return all_; }
  [[nodiscard]] std::vector<Diagnostic> warnings() const;

  /// The place that a mark stands for.
  [[nodiscard]] project::SourceLocation locate(Mark mark) const;

  /// Throws ManifestError with everything that was collected where there is an error among it.
  void throw_if_errors() const;

 private:
  void add(Severity severity, Mark where, std::string key_path, std::string message, std::string hint);

  const Sources* sources_;
  std::vector<Diagnostic> all_;
  std::unordered_set<std::string> seen_;
  std::set<std::string> wrong_keys_;  ///< the paths of the errors
  std::size_t errors_ = 0;
  ReplacedVariables replaced_;
};

}  // namespace crstack::manifest
