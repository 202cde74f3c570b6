// SPDX-License-Identifier: MIT
#include "cli/commands/commands.hpp"
#include "cli/run_plan.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"-t,--timeout", Takes::number, "int", "How many seconds containers get to stop", ""},
};

int run(Context& context, const Arguments& arguments) {
  const auto& services = arguments.positional();
  const auto situation = look(context, services, plan::ObserveOptions::Depth::containers);
  require_services(situation, services);
  return run_plan(context,
                  plan::plan_stop(*situation.project, situation.state, {services, timeout_of(arguments)}),
                  carry_on());
}

}  // namespace

constinit const Command stop_command{
    .name = "stop",
    .aliases = "",
    .synopsis = "[OPTIONS] [SERVICE...]",
    .summary = "Stop services",
    .details = "",
    .options = options,
    .run = run,
    .effect = Effect::changes,
    .title = "Stopping",
};

}  // namespace crstack::cli
