// SPDX-License-Identifier: MIT
#include "cli/commands/commands.hpp"
#include "cli/run_plan.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"--no-deps", Takes::flag, "", "Don't restart services that depend on these", ""},
    {"-t,--timeout", Takes::number, "int", "How many seconds containers get to stop", ""},
};

int run(Context& context, const Arguments& arguments) {
  plan::RestartOptions options;
  options.services = arguments.positional();
  options.timeout_seconds = timeout_of(arguments);
  if (arguments.flag("no-deps")) options.dependencies = plan::Dependencies::leave;
  const auto situation = look(context, options.services, plan::ObserveOptions::Depth::containers);
  require_services(situation, options.services);
  return run_plan(context, plan::plan_restart(*situation.project, situation.state, options), carry_on());
}

}  // namespace

constinit const Command restart_command{
    .name = "restart",
    .aliases = "",
    .synopsis = "[OPTIONS] [SERVICE...]",
    .summary = "Restart services",
    .details = "",
    .options = options,
    .run = run,
    .effect = Effect::changes,
    .title = "Restarting",
};

}  // namespace crstack::cli
