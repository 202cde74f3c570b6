// SPDX-License-Identifier: MIT
#include "cli/command_table.hpp"

#include "cli/commands/commands.hpp"
#include "crstack/base/text.hpp"

namespace crstack::cli {
namespace {

constexpr const Command* table[] = {
    &attach_command,
    &commit_command,
    &cp_command,
    &completion_command,
    &config_command,
    &events_command,
    &exec_command,
    &export_command,
    &graph_command,
    &help_command,
    &images_command,
    &logs_command,
    &ls_command,
    &man_command,
    &port_command,
    &ps_command,
    &run_command,
    &top_command,
    &version_command,
    &volumes_command,
};

}  // namespace

std::span<const Command* const> all_commands() {
  return table;
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
