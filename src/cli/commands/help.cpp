// SPDX-License-Identifier: MIT
#include "cli/help.hpp"

#include "cli/command_table.hpp"
#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/suggest.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

int run(Context&, const Arguments& arguments) {
  if (arguments.positional().empty()) {
    write_out(general_help());
    return 0;
  }
  const auto& name = arguments.positional().front();
  const auto* command = find_command(std::span(arguments.positional())).command;
  if (command == nullptr) throw unknown_command(name);
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
    .count = {0, 3},
};

}  // namespace crstack::cli
