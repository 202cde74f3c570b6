// SPDX-License-Identifier: MIT
#include "cli/command_line/man_page.hpp"

#include "cli/commands/commands.hpp"
#include "cli/context.hpp"

namespace crstack::cli {
namespace {

int run(Context&, const Arguments&) {
  write_out(man_page());
  return 0;
}

}  // namespace

constinit const Command man_command{
    .name = "man",
    .aliases = "",
    .synopsis = "",
    .summary = "Print the manual page",
    .details = "",
    .options = {},
    .run = run,
    .count = {0, 0},
    .shown = Shown::hidden,
};

}  // namespace crstack::cli
