// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/listing/go_template.hpp"
#include "cli/listing/value.hpp"

namespace crstack::cli {

struct Pipeline;

/// One operand of a template's call.
struct Term {
  enum class Kind { literal, path, function, nested };
  Kind kind = Kind::literal;
  Value literal;
  std::vector<std::string> path;        ///< `.A.B`; empty: the dot itself; also behind what is nested
  std::optional<std::string> variable;  ///< what the path begins at instead: `$name`; empty: `$`, the root
  std::string function;
  std::shared_ptr<Pipeline> nested;
};

/// `a | b c`: the value of each call is the last argument of the next.
struct Pipeline {
  std::vector<std::vector<Term>> calls;
  std::vector<std::string> variables;                           ///< `$a, $b := …` gives them the value
  enum class Gives { declares, sets } gives = Gives::declares;  ///< `:=` or `=`
};

struct GoTemplate::Node {
  /// leave, next: `{{break}}`, `{{continue}}`; call: `{{template "x" .}}`
  enum class Kind { text, print, conditional, range, with, leave, next, call, definition };
  Kind kind = Kind::text;
  std::string text;  ///< of a call or a definition: the name
  Pipeline pipeline;
  std::vector<std::unique_ptr<Node>> body, otherwise;
};

/// The definitions stand at the end. Throws UsageError.
std::vector<std::unique_ptr<GoTemplate::Node>> parse_template(std::string_view source);

/// Throws UsageError for an unknown function or arguments that don't fit.
Value call_template_function(const std::string& name, const std::vector<Value>& arguments);

[[noreturn]] void template_error(const std::string& what);

}  // namespace crstack::cli
