// SPDX-License-Identifier: MIT
#include "cli/command_line/completion.hpp"

#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

int run(Context&, const Arguments& arguments) {
  const auto& shell = arguments.positional().front();
  if (shell == "bash") {
    write_out(bash_completion());
  } else if (shell == "zsh") {
    write_out(zsh_completion());
  } else if (shell == "fish") {
    write_out(fish_completion());
  } else {
    throw UsageError("no completion for the shell \"" + shell + "\"", "There is one for bash, zsh and fish.");
  }
  return 0;
}

}  // namespace

constinit const Command completion_command{
    .name = "completion",
    .aliases = "",
    .synopsis = "bash|zsh|fish",
    .summary = "Print a shell's completion script",
    .details = "",
    .options = {},
    .run = run,
    .count = {1, 1},
    .shown = Shown::hidden,
};

}  // namespace crstack::cli
