// SPDX-License-Identifier: MIT
#include "cli/command_line/group.hpp"
#include "cli/commands/commands.hpp"

namespace crstack::cli {
namespace {

int run(Context& context, const Arguments& arguments) {
  return show_group(alpha_command, context, arguments);
}

}  // namespace

constinit const Command alpha_command{
    .name = "alpha",
    .aliases = "",
    .synopsis = "COMMAND",
    .summary = "Experimental commands",
    .details = "",
    .options = {},
    .run = run,
    .shown = Shown::hidden,
};

}  // namespace crstack::cli
