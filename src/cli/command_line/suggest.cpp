// SPDX-License-Identifier: MIT
#include "cli/command_line/suggest.hpp"

#include <algorithm>
#include <vector>

#include "cli/command_line/command_table.hpp"
#include "cli/command_line/help.hpp"
#include "crstack/base/text.hpp"

namespace crstack::cli {
namespace {

bool has_option(Options options, std::string_view written) {
  const bool is_long = written.starts_with("--");
  const auto name = is_long ? written.substr(2) : written.substr(1, 1);
  return std::any_of(options.begin(), options.end(), [&](const Option& row) {
    return row.shown == Shown::yes && (is_long ? key_of(row) == name : letter_of(row) == name);
  });
}

std::string see_help(std::string_view where) {
  return "See '" + std::string(where) + " --help'.";
}

}  // namespace

std::string suggest_option(Options options, std::string_view written, std::string_view where) {
  const std::string shown(written.starts_with("--") ? written : written.substr(0, 2));
  const bool in_command = where.find(' ') != std::string_view::npos;
  if (in_command && has_option(global_options(), written)) {
    const auto space = where.rfind(' ');
    return shown + " is a global option: write it in front of the command, as in '" +
           std::string(where.substr(0, space)) + " " + shown + " … " + std::string(where.substr(space + 1)) +
           "'.";
  }
  if (!written.starts_with("--")) return see_help(where);
  std::vector<std::string> names;
  for (const auto& row : options)
    if (row.shown == Shown::yes) names.emplace_back(key_of(row));
  const auto near = closest_match(written.substr(2), names);
  return near.empty() ? see_help(where) : "Did you mean --" + near + "?";
}

UsageError unknown_command(const std::string& written) {
  const auto hint = suggest_command(written);
  if (program_name() == "crstack") return UsageError("unknown command: " + written, hint);
  return UsageError("unknown docker command: \"compose " + written + "\"", hint);
}

std::string suggest_command(std::string_view written) {
  std::vector<std::string> names;
  for (const auto* command : all_commands())
    if (command->shown == Shown::yes) names.emplace_back(command->name);
  const auto near = closest_match(written, names);
  return near.empty() ? "See '" + std::string(program_name()) + " --help' for the commands."
                      : "Did you mean '" + near + "'?";
}

}  // namespace crstack::cli
