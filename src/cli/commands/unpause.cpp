// SPDX-License-Identifier: MIT
#include "cli/commands/commands.hpp"
#include "cli/run_plan.hpp"

namespace crstack::cli {
namespace {

int run(Context& context, const Arguments& arguments) {
  const auto situation = look(context, arguments.positional(), plan::ObserveOptions::Depth::containers);
  const auto services = services_there(situation, arguments.positional());
  if (!services) return 0;
  return run_plan(context, plan::plan_unpause(*situation.project, situation.state, *services), carry_on());
}

}  // namespace

constinit const Command unpause_command{
    .name = "unpause",
    .aliases = "",
    .synopsis = "[OPTIONS] [SERVICE...]",
    .summary = "Let paused services go on",
    .details = "",
    .options = {},
    .run = run,
    .effect = Effect::changes,
};

}  // namespace crstack::cli
