// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "cli/command_line/command.hpp"

namespace crstack::cli {

/// How the user calls the program: `crstack`, `docker-compose`, `docker compose`.
std::string_view program_name();
/// Set once, before anything is parsed.
void set_program_name(std::string_view name);

/// `crstack --help`.
std::string general_help();
/// `crstack COMMAND --help`: of a command, or of a group of commands (`alpha`).
std::string help_of(const Command& command);
std::string command_help(const Command& command);
std::string group_help(const Command& command);

}  // namespace crstack::cli
