// SPDX-License-Identifier: MIT
#include <algorithm>

#include "cli/commands/commands.hpp"
#include "cli/run_plan.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"--remove-orphans", Takes::flag, "", "Remove containers of services that the manifest does not have",
     ""},
    {"--rmi", Takes::text, "string", "Remove images: only those without a name of their own, or all",
     "local all"},
    {"-t,--timeout", Takes::number, "int", "How many seconds containers get to stop", ""},
    {"-v,--volumes", Takes::flag, "",
     "Remove the manifest's named volumes and the containers' anonymous ones", ""},
    {"--volume", Takes::flag, "", "--volume is deprecated, please use --volumes", "", Shown::hidden,
     "volumes"},
};

plan::RemoveImages images_of(const Arguments& arguments) {
  const auto word = arguments.text_or("rmi", "");
  if (word.empty()) return plan::RemoveImages::none;
  if (word == "local") return plan::RemoveImages::local;
  if (word == "all") return plan::RemoveImages::all;
  throw UsageError("invalid value for --rmi: \"" + word + "\"", "Use local or all.");
}

plan::ObserveOptions::Depth depth_for(plan::RemoveImages images) {
  using Depth = plan::ObserveOptions::Depth;
  return images == plan::RemoveImages::none ? Depth::resources : Depth::everything;
}

/// Whether the manifest declares something that could be there without a container.
bool declares(const project::Project& project, const plan::DownOptions& options) {
  const auto own = [](const auto& entry) { return !entry.second.external; };
  return std::any_of(project.networks.begin(), project.networks.end(), own) ||
         (options.volumes == plan::VolumeRemoval::remove &&
          std::any_of(project.volumes.begin(), project.volumes.end(), own));
}

int run(Context& context, const Arguments& arguments) {
  plan::DownOptions options;
  options.services = arguments.positional();
  options.images = images_of(arguments);
  options.timeout_seconds = timeout_of(arguments);
  if (arguments.flag("volumes")) options.volumes = plan::VolumeRemoval::remove;
  const auto situation = hold_and_look(context, options.services, depth_for(options.images));
  const auto services = services_there(situation, options.services);
  if (!services) {
    context.events().emit(event::Warning{"Any of the services [" + join(options.services, " ") +
                                             "] not running in project \"" + situation.project->name + "\"",
                                         event::Warning::Level::info});
    return 0;
  }
  options.services = *services;
  if (arguments.flag_or("remove-orphans", context.switched_on("COMPOSE_REMOVE_ORPHANS")))
    options.orphans = plan::Orphans::remove;
  else if (context.switched_on("COMPOSE_IGNORE_ORPHANS"))
    options.orphans = plan::Orphans::ignore;
  const auto plan = plan::plan_down(*situation.project, situation.state, options);
  if (plan.empty() && plan.unchanged.empty() &&
      !(situation.has_manifest && declares(*situation.project, options))) {
    context.events().emit(event::Warning{"Warning: No resource found to remove for project \"" +
                                         situation.project->name + "\"."});
  }
  const int code = run_plan(context, plan, carry_on());
  if (situation.lock && options.services.empty()) situation.lock->remove();
  return code;
}

}  // namespace

constinit const Command down_command{
    .name = "down",
    .aliases = "",
    .synopsis = "[OPTIONS] [SERVICE...]",
    .summary = "Stop and remove containers and networks",
    .details = "",
    .options = options,
    .run = run,
    .effect = Effect::changes,
};

}  // namespace crstack::cli
