// SPDX-License-Identifier: MIT
#include "cli/commands/commands.hpp"
#include "cli/run_plan.hpp"
#include "cli/up_options.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"--no-deps", Takes::flag, "", "Don't start the services that these depend on", ""},
};

int run(Context& context, const Arguments& arguments) {
  plan::UpOptions options;
  options.scale = read_scales(arguments.positional(), ScaleForm::argument);
  for (const auto& [service, count] : options.scale) options.services.push_back(service);
  if (arguments.flag("no-deps")) options.dependencies = plan::Dependencies::leave;
  require_manifest(context, options.services);
  const auto situation = hold_and_look(context, options.services, plan::ObserveOptions::Depth::everything);
  require_services(situation, options.services);
  ask_about_changes(context, situation, {}, options);
  RunOptions run_options;
  run_options.lock = situation.lock;
  return run_plan(context, plan::plan_scale(*situation.project, situation.state, options), run_options);
}

}  // namespace

constinit const Command scale_command{
    .name = "scale",
    .aliases = "",
    .synopsis = "[OPTIONS] SERVICE=REPLICAS...",
    .summary = "Change how many containers services have",
    .details = "",
    .options = options,
    .run = run,
    .count = {1},
    .effect = Effect::changes,
};

}  // namespace crstack::cli
