// SPDX-License-Identifier: MIT
#include "cli/command_line/man_page.hpp"

#include "cli/command_line/command_table.hpp"

namespace crstack::cli {
namespace {

// Text as roff takes it: dashes and backslashes escaped, no line begins with a control character.
std::string roff(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      result += c;
    }
  }
  const bool control = !result.empty() && (result[0] == '.' || result[0] == '\'');
  return control ? "\\&" + result : result;
}

std::string option_section(Options options) {
  std::string text;
  for (const auto& row : options) {
    if (row.shown == Shown::hidden) continue;
    const auto letter = letter_of(row);
    text += ".TP\n";
    if (!letter.empty()) text += "\\fB\\-" + std::string(letter) + "\\fR, ";
    text += "\\fB\\-\\-" + roff(key_of(row)) + "\\fR";
    if (!row.value.empty()) text += " \\fI" + roff(row.value) + "\\fR";
    text += "\n" + roff(row.summary);
    if (!row.choices.empty()) text += ": " + roff(row.choices);
    text += ".\n";
  }
  return text;
}

std::string command_section(const Command& command) {
  std::string text = ".SS " + roff(command.name) + "\n.B crstack " + roff(command.name) + "\n" +
                     (command.synopsis.empty() ? "" : roff(command.synopsis) + "\n") + ".PP\n";
  text += roff(command.summary) + ".\n";
  if (!command.details.empty()) text += ".PP\n" + roff(command.details) + "\n";
  return text + option_section(command.options);
}

}  // namespace

std::string man_page() {
  std::string text = ".TH CRSTACK 1 \"\" \"crstack " CRSTACK_VERSION "\" \"User Commands\"\n";
  text += ".SH NAME\ncrstack \\- brings a compose stack up as fast as its dependency graph allows\n";
  text += ".SH SYNOPSIS\n.B crstack\n[OPTIONS] COMMAND\n.SH OPTIONS\n" + option_section(global_options());
  text += ".SH COMMANDS\n";
  for (const auto* command : all_commands())
    if (command->shown == Shown::yes) text += command_section(*command);
  text += ".SH EXIT STATUS\n.TP\n0\nAll went well.\n.TP\n1\nThe engine or a container said no.\n";
  text += ".TP\n2\nThe command line or a manifest is wrong.\n.TP\n130\nStopped by Ctrl\\-C.\n.PP\n";
  text += "\\fBexec\\fR, \\fBrun\\fR and \\fBup \\-\\-exit\\-code\\-from\\fR pass on a program's own code.\n";
  return text;
}

}  // namespace crstack::cli
