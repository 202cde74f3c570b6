// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/listing/value.hpp"

namespace crstack::cli {

/// A `--format` template in the part of Go's text/template language that formats use: `{{.Field}}` and longer
/// paths, `{{.Label "key"}}`, pipelines, variables, `if`/`else`/`else if`, `range` with `break` and
/// `continue`, `with`, trim markers, comments, and the functions json, join, split, lower, upper, title,
/// truncate, pad, print, printf (%s %d %v %q %x %X %o %b), println, html, js, urlquery, len, index, slice,
/// eq, ne, lt, le, gt, ge, and, or, not; `define`, `template` and `block`. Backslash-t and backslash-n
/// outside of `{{}}` are tab and line end.
class GoTemplate {
 public:
  /// Throws UsageError for a template that can't be read.
  explicit GoTemplate(std::string_view source);
  ~GoTemplate();
  GoTemplate(GoTemplate&&) noexcept;

  /// Throws UsageError for a field that `data` does not have.
  [[nodiscard]] std::string render(const Value& data) const;

  struct Node;

 private:
  std::vector<std::unique_ptr<Node>> nodes_;
};

}  // namespace crstack::cli
