// SPDX-License-Identifier: MIT
#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/help.hpp"
#include "cli/suggest.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

int run(Context& context, const Arguments& arguments) {
  const auto& words = arguments.positional();
  if (!words.empty() && context.called_as() == CalledAs::crstack)  // docker compose shows what there is
    throw UsageError("unknown command: alpha " + words.front(), suggest_command("alpha " + words.front()));
  write_out(group_help(alpha_command));
  return 0;
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
