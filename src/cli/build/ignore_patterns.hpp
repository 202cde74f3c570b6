// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crstack::cli {

/// The patterns of a `.dockerignore` file or of a watch rule: `*`, `?`, `[a-z]`, `**`, `!` for exceptions;
/// the last one that fits decides, and what fits a directory fits all that is in it.
class IgnorePatterns {
 public:
  IgnorePatterns() = default;
  /// One pattern a line, `#` begins a comment.
  static IgnorePatterns parse(std::string_view text);
  void add(std::string_view pattern);

  /// `path` is relative, without a leading slash.
  [[nodiscard]] bool ignores(std::string_view path) const;
  /// Whether something below an ignored directory may still be wanted.
  [[nodiscard]] bool has_exceptions() const { return exceptions_; }

 private:
  struct Pattern {
    std::vector<std::string> parts;
    bool exception = false;
  };
  std::vector<Pattern> patterns_;
  bool exceptions_ = false;
};

}  // namespace crstack::cli
