// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

#include "cli/command.hpp"

namespace crstack::cli {

/// All commands, sorted by name. A new command is one file in `commands/` and one row here.
std::span<const Command* const> all_commands();

/// By name or alias; nullptr where there is none.
const Command* find_command(std::string_view name);

/// The options in front of the command.
Options global_options();

/// Options that every command takes as well: `--dry-run`, `--help`.
Options common_options();

}  // namespace crstack::cli
