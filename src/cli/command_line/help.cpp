// SPDX-License-Identifier: MIT
#include "cli/command_line/help.hpp"

#include <algorithm>
#include <vector>

#include "cli/command_line/command_table.hpp"

namespace crstack::cli {
namespace {

constexpr std::size_t line_width = 100;
std::string_view program = "crstack";

std::string left_column(const Option& row) {
  const auto letter = letter_of(row);
  const bool only_letter = key_of(row).size() == 1;
  std::string text = letter.empty() ? "      " : "  -" + std::string(letter) + (only_letter ? "" : ", ");
  if (!only_letter) text += "--" + std::string(key_of(row));
  if (!row.value.empty()) text += " " + std::string(row.value);
  return text;
}

// `text` in lines that end before `line_width`, each but the first behind `indent` spaces.
std::string wrap(std::string_view text, std::size_t indent) {
  std::string result;
  std::size_t column = indent;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    if (column > indent && column + word.size() >= line_width) {
      result += "\n" + std::string(indent, ' ');
      column = indent;
    }
    if (column > indent) result += ' ';
    result += word;
    column += word.size() + 1;
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return result;
}

std::string option_lines(const std::vector<Option>& rows) {
  std::size_t width = 0;
  for (const auto& row : rows) width = std::max(width, left_column(row).size());
  std::string text;
  for (const auto& row : rows) {
    auto summary = std::string(row.summary);
    if (!row.choices.empty()) summary += ": " + std::string(row.choices);
    auto left = left_column(row);
    left.resize(width + 3, ' ');
    text += left + wrap(summary, width + 3) + "\n";
  }
  return text;
}

std::vector<Option> shown_rows(Options first, Options second) {
  std::vector<Option> rows;
  for (const auto& list : {first, second})
    for (const auto& row : list)
      if (row.shown == Shown::yes) rows.push_back(row);
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Option& a, const Option& b) { return key_of(a) < key_of(b); });
  return rows;
}

std::string command_line(const Command& command, std::string_view name) {
  auto text = "  " + std::string(name);
  text.resize(std::max<std::size_t>(14, text.size() + 2), ' ');
  return text + std::string(command.summary) + "\n";
}

}  // namespace

std::string_view program_name() {
  return program;
}

void set_program_name(std::string_view name) {
  program = name;
}

std::string general_help() {
  std::string text = "Usage:  " + std::string(program) + " [OPTIONS] COMMAND\n\n";
  text += program == "crstack" ? "Brings a compose stack up as fast as its dependency graph allows"
                               : "Define and run multi-container applications with Docker";
  text += "\n\nOptions:\n";
  text += option_lines(shown_rows(global_options(), {})) + "\nCommands:\n";
  for (const auto* command : all_commands())
    if (command->shown == Shown::yes && !is_group(*command)) text += command_line(*command, command->name);
  return text + "\nRun '" + std::string(program) + " COMMAND --help' for more information on a command.\n";
}

std::string help_of(const Command& command) {
  return is_group(command) ? group_help(command) : command_help(command);
}

std::string group_help(const Command& command) {
  const auto full_name = std::string(program) + " " + std::string(command.name);
  std::string text = "Usage:  " + full_name + " [OPTIONS] COMMAND\n\n" + std::string(command.summary) +
                     "\n\nOptions:\n" + option_lines(shown_rows({}, common_options())) + "\nCommands:\n";
  for (const auto* member : members_of(command)) text += command_line(*member, last_word(*member));
  return text + "\nRun '" + full_name + " COMMAND --help' for more information on a command.\n";
}

std::string command_help(const Command& command) {
  const auto full_name = std::string(program) + " " + std::string(command.name);
  std::string text =
      "Usage:  " + full_name + (command.synopsis.empty() ? "" : " ") + std::string(command.synopsis);
  text += "\n\n" + std::string(command.summary) + "\n";
  if (!command.details.empty()) text += "\n" + wrap(command.details, 0) + "\n";
  if (!command.aliases.empty())
    text += "\nAliases:\n  " + full_name + ", " + std::string(program) + " " +
            cli::full_name(command, command.aliases) + "\n";
  return text + "\nOptions:\n" + option_lines(shown_rows(command.options, common_options()));
}

}  // namespace crstack::cli
