// SPDX-License-Identifier: MIT
#include "cli/commands/commands.hpp"
#include "cli/run_plan.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"--remove-orphans", Takes::flag, "", "Remove containers of services that the manifest does not have",
     ""},
    {"-s,--signal", Takes::text, "string", "The signal to send (default \"SIGKILL\")", ""},
};

int run(Context& context, const Arguments& arguments) {
  plan::KillOptions options;
  options.signal = arguments.text_or("signal", "SIGKILL");
  if (arguments.flag("remove-orphans")) options.orphans = plan::Orphans::remove;
  const auto situation = look(context, arguments.positional(), plan::ObserveOptions::Depth::containers);
  const auto services = services_there(situation, arguments.positional());
  if (services) options.services = *services;
  const auto plan = services ? plan::plan_kill(*situation.project, situation.state, options) : plan::Plan{};
  if (plan.empty()) context.say("no container to kill\n");
  return run_plan(context, plan, carry_on());
}

}  // namespace

constinit const Command kill_command{
    .name = "kill",
    .aliases = "",
    .synopsis = "[OPTIONS] [SERVICE...]",
    .summary = "Force services to stop",
    .details = "",
    .options = options,
    .run = run,
    .effect = Effect::changes,
    .title = "Killing",
};

}  // namespace crstack::cli
