// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line/command.hpp"

namespace crstack::cli {

/// All commands, sorted by name. A new command is one file in `commands/` and one row here.
std::span<const Command* const> all_commands();

/// By name or alias; nullptr where there is none.
const Command* find_command(std::string_view name);

struct Found {
  const Command* command = nullptr;
  std::size_t words = 1;  ///< how many of the words name it
};
/// By the words of a command line: `alpha viz` has two. No command: there is none of that name. Words that
/// name none of a group's commands are left over.
Found find_command(std::span<const std::string> words);

/// Whether it is one of a group, as `alpha viz` is.
constexpr bool in_group(const Command& command) {
  return command.name.find(' ') != std::string_view::npos;
}

/// Whether it has commands of its own, as `alpha` does.
bool is_group(const Command& command);
/// The commands of a group, without those of the groups in it.
std::vector<const Command*> members_of(const Command& group);

/// A command by its name or by one of its aliases, which stand for the last word: `alpha viz`.
std::string full_name(const Command& command, std::string_view alias);
/// The last word of a command's name: `viz`.
constexpr std::string_view last_word(const Command& command) {
  return command.name.substr(command.name.rfind(' ') + 1);  // npos + 1 is 0
}

/// The options in front of the command.
Options global_options();

/// Options that every command takes as well: `--dry-run`, `--help`.
Options common_options();

}  // namespace crstack::cli
