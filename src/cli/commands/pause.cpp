// SPDX-License-Identifier: MIT
#include "cli/commands/commands.hpp"
#include "cli/run_plan.hpp"

namespace crstack::cli {
namespace {

int run(Context& context, const Arguments& arguments) {
  const auto situation = look(context, arguments.positional(), plan::ObserveOptions::Depth::containers);
  const auto services = services_there(situation, arguments.positional());
  if (!services) return 0;
  return run_plan(context, plan::plan_pause(*situation.project, situation.state, *services), carry_on());
}

}  // namespace

constinit const Command pause_command{
    .name = "pause",
    .aliases = "",
    .synopsis = "[OPTIONS] [SERVICE...]",
    .summary = "Pause services",
    .details = "",
    .options = {},
    .run = run,
    .effect = Effect::changes,
};

}  // namespace crstack::cli
