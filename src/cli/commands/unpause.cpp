// SPDX-License-Identifier: MIT
#include "cli/commands/commands.hpp"
#include "cli/run_plan.hpp"

namespace crstack::cli {
namespace {

int run(Context& context, const Arguments& arguments) {
  const auto& services = arguments.positional();
  const auto situation = look(context, services, plan::ObserveOptions::Depth::containers);
  require_services(situation, services);
  return run_plan(context, plan::plan_unpause(*situation.project, situation.state, services), carry_on());
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
