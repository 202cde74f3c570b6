// SPDX-License-Identifier: MIT
#include "cli/commands/commands.hpp"
#include "cli/run_plan.hpp"
#include "cli/up_options.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"--probe", Takes::text, "string", "Who finds out that a service is healthy (default \"own\")",
     "own engine"},
    {"--wait", Takes::flag, "", "Wait until the services are running or healthy", ""},
    {"--wait-timeout", Takes::number, "int", "How many seconds --wait waits", ""},
};

/// What there is no manifest for can be started only where it has containers.
void require_containers(const Situation& situation, const std::vector<std::string>& services) {
  if (situation.state.containers.empty())
    throw Error("no container found for project \"" + situation.project->name + "\": not found",
                "Create some with up or create.");
  for (const auto& service : services)
    if (!situation.project->services.contains(service))
      throw Error("no such service: \"" + service + "\": not found");
}

int run(Context& context, const Arguments& arguments) {
  plan::StartOptions options;
  options.services = arguments.positional();
  options.probe = probe_policy_of(arguments);
  if (arguments.flag("wait")) options.wait = plan::WaitMode::running_or_healthy;
  const auto situation = look(context, options.services, plan::ObserveOptions::Depth::containers);
  if (situation.has_manifest) {
    require_services(situation, options.services);
  } else {
    require_containers(situation, options.services);
  }
  RunOptions run_options;
  if (const auto seconds = arguments.number("wait-timeout"))
    run_options.wait_timeout = std::chrono::seconds(*seconds);
  return run_plan(context, plan::plan_start(*situation.project, situation.state, options), run_options);
}

}  // namespace

constinit const Command start_command{
    .name = "start",
    .aliases = "",
    .synopsis = "[OPTIONS] [SERVICE...]",
    .summary = "Start services",
    .details = "",
    .options = options,
    .run = run,
    .effect = Effect::changes,
};

}  // namespace crstack::cli
