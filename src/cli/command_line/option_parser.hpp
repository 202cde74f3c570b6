// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line/arguments.hpp"
#include "cli/command_line/option.hpp"

namespace crstack::cli {

/// Whether options may stand behind positional arguments, or everything from the first positional on is left
/// as it is (`exec`, `run` and the global options).
enum class Interspersed { no, yes };

/// Reads `words` by `options` as GNU-style command lines are read: `-abc`, `-n5`, `--name value`,
/// `--name=value`,
/// `--flag=false`, `--`. `where` names the command in errors (`crstack up`).
/// Values are not split at commas, and an empty one (`--entrypoint=`) is a value.
/// Throws UsageError for an unknown option (with the nearest one as a hint), a missing or a wrong value.
Arguments parse_options(Options options, const std::vector<std::string>& words, Interspersed interspersed,
                        std::string_view where);

}  // namespace crstack::cli
