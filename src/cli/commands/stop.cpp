// SPDX-License-Identifier: MIT
#include "cli/commands/commands.hpp"
#include "cli/run_plan.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"-t,--timeout", Takes::number, "int", "How many seconds containers get to stop", ""},
};

int run(Context& context, const Arguments& arguments) {
  const auto situation = look(context, arguments.positional(), plan::ObserveOptions::Depth::containers);
  const auto services = services_there(situation, arguments.positional());
  if (!services) return 0;
  return run_plan(context,
                  plan::plan_stop(*situation.project, situation.state, {*services, timeout_of(arguments)}),
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
