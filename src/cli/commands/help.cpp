// SPDX-License-Identifier: MIT
#include "cli/command_line/help.hpp"

#include "cli/command_line/command_table.hpp"
#include "cli/command_line/suggest.hpp"
#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

int run(Context& context, const Arguments& arguments) {
  auto words = arguments.positional();
  // `docker help compose up` gives a plugin all of its words
  if (context.called_as() != CalledAs::crstack && !words.empty() && words.front() == "compose")
    words.erase(words.begin());
  if (words.empty()) {
    write_out(general_help());
    return 0;
  }
  const auto* command = find_command(std::span<const std::string>(words)).command;
  if (command == nullptr) throw unknown_command(words.front());
  write_out(help_of(*command));
  return 0;
}

}  // namespace

constinit const Command help_command{
    .name = "help",
    .aliases = "",
    .synopsis = "[COMMAND...]",
    .summary = "Show what a command does and takes",
    .details = "",
    .options = {},
    .run = run,
    .count = {0, 4},
};

}  // namespace crstack::cli
