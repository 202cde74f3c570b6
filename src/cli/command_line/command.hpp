// SPDX-License-Identifier: MIT
#pragma once

#include <limits>
#include <string_view>

#include "cli/command_line/arguments.hpp"
#include "cli/command_line/option.hpp"
#include "cli/command_line/option_parser.hpp"

namespace crstack::cli {

class Context;

struct ArgumentCount {
  std::size_t least = 0, most = std::numeric_limits<std::size_t>::max();
  /// In which of docker compose's words a wrong count is refused; `named` ones begin with the command.
  enum class Refusal { plain, named } refusal = Refusal::plain;
};

/// What a command does to the engine: `changes` ones must honour `--dry-run`.
enum class Effect { reads, changes };

/// One row of the command table. Each `commands/<name>.cpp` defines one, as a constant that needs no code to
/// run at start-up.
struct Command {
  std::string_view name;
  std::string_view aliases;   ///< separated by spaces
  std::string_view synopsis;  ///< what follows the name in the usage line: `[OPTIONS] [SERVICE...]`
  std::string_view summary;   ///< one line
  std::string_view details;   ///< more for `--help` and the manual; may be empty
  Options options;
  /// Returns the exit code; throws Error.
  int (*run)(Context& context, const Arguments& arguments) = nullptr;
  ArgumentCount count{};
  Interspersed interspersed = Interspersed::yes;
  Effect effect = Effect::reads;
  Shown shown = Shown::yes;
  std::string_view title = {};  ///< of its progress on a terminal; empty: `Running`
};

}  // namespace crstack::cli
