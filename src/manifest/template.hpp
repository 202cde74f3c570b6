// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crstack::manifest {

/// The value of a variable, or nothing where it is not set.
using Lookup = std::function<const std::string*(std::string_view name)>;

/// A variable as a text uses it.
struct VariableUse {
  std::string name;
  std::optional<std::string> fallback;     ///< of `-` and `:-`, before substitution
  std::optional<std::string> alternative;  ///< of `+` and `:+`
  bool required = false;                   ///< `?` and `:?`
};

/// What became of a text with variables in it.
struct Substitution {
  std::string text;
  std::vector<std::string> unset;  ///< variables without a value and without an operator: they became empty
  /// Why the text can't be used; empty when it can. Names variables, never their values.
  std::string problem;
  std::string missing;  ///< the required variable that has no value
};

/// Replaces `$NAME`, `${NAME}` and its operators `:-` `-` `:+` `+` `:?` `?`, nested ones too; `$$` is a
/// dollar sign (Compose Specification, section "Interpolation"). A `$` that starts none of these stays as it
/// is.
Substitution substitute(std::string_view text, const Lookup& lookup);

/// The variables that a text uses, in order, nested ones included.
std::vector<VariableUse> variables_of(std::string_view text);

}  // namespace crstack::manifest
