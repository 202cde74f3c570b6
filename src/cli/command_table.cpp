// SPDX-License-Identifier: MIT
#include "cli/command_table.hpp"

#include "cli/commands/commands.hpp"
#include "crstack/base/text.hpp"

namespace crstack::cli {
namespace {

// One row a command.
// clang-format off
constexpr const Command* table[] = {
    &alpha_command,
    &alpha_generate_command,
    &alpha_publish_command,
    &alpha_viz_command,
    &attach_command,
    &build_command,
    &commit_command,
    &completion_command,
    &config_command,
    &cp_command,
    &create_command,
    &down_command,
    &events_command,
    &exec_command,
    &export_command,
    &graph_command,
    &help_command,
    &images_command,
    &kill_command,
    &logs_command,
    &ls_command,
    &man_command,
    &pause_command,
    &port_command,
    &ps_command,
    &publish_command,
    &pull_command,
    &push_command,
    &restart_command,
    &rm_command,
    &run_command,
    &scale_command,
    &start_command,
    &stats_command,
    &stop_command,
    &timeline_command,
    &top_command,
    &unpause_command,
    &up_command,
    &version_command,
    &volumes_command,
    &wait_command,
    &watch_command,
};
// clang-format on

}  // namespace

std::span<const Command* const> all_commands() {
  return table;
}

Found find_command(std::span<const std::string> words) {
  if (words.size() > 1)
    if (const auto* command = find_command(words[0] + " " + words[1])) return {command, 2};
  return {words.empty() ? nullptr : find_command(words[0]), 1};
}

const Command* find_command(std::string_view name) {
  for (const auto* command : table) {
    if (command->name == name) return command;
    for (const auto& alias : split(command->aliases, ' '))
      if (!alias.empty() && alias == name) return command;
  }
  return nullptr;
}

}  // namespace crstack::cli
