// SPDX-License-Identifier: MIT
#include "cli/command_line/command_table.hpp"

#include <algorithm>

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
    &bridge_command,
    &bridge_convert_command,
    &bridge_transformations_command,
    &bridge_transformations_create_command,
    &bridge_transformations_list_command,
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
  Found found;
  std::string name;
  for (std::size_t count = 1; count <= words.size(); ++count) {
    name += (count > 1 ? " " : "") + words[count - 1];
    const auto* command = find_command(name);
    if (command != nullptr) found = {command, count};
    if (command == nullptr || !is_group(*command)) break;
  }
  return found;
}

const Command* find_command(std::string_view name) {
  for (const auto* command : table) {
    if (command->name == name) return command;
    for (const auto& alias : split(command->aliases, ' '))
      if (!alias.empty() && full_name(*command, alias) == name) return command;
  }
  return nullptr;
}

std::string full_name(const Command& command, std::string_view alias) {
  const auto space = command.name.rfind(' ');
  const auto group = command.name.substr(0, space == std::string_view::npos ? 0 : space + 1);
  return std::string(group) + std::string(alias);
}

bool is_group(const Command& command) {
  const auto group = std::string(command.name) + " ";
  return std::any_of(std::begin(table), std::end(table),
                     [&](const Command* other) { return other->name.starts_with(group); });
}

std::vector<const Command*> members_of(const Command& group) {
  std::vector<const Command*> members;
  const auto prefix = std::string(group.name) + " ";
  for (const auto* command : table)
    if (command->name.starts_with(prefix) && command->name.find(' ', prefix.size()) == std::string_view::npos)
      members.push_back(command);
  return members;
}

}  // namespace crstack::cli
