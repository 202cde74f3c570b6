// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>

#include "cli/commands/commands.hpp"
#include "cli/run_plan.hpp"

#include "cli/prompt.hpp"
#include "crstack/base/text.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"-f,--force", Takes::flag, "", "Don't ask", ""},
    {"-s,--stop", Takes::flag, "", "Stop the containers first", ""},
    {"-v,--volumes", Takes::flag, "", "Remove the containers' anonymous volumes", ""},
    {"-a,--all", Takes::flag, "", "Accepted and not used", "", Shown::hidden},
};

/// The newest first, as the engine lists them.
std::vector<std::string> removed_names(const plan::Plan& plan, const plan::ObservedState& state) {
  std::map<std::string, std::int64_t> made;
  for (const auto* list : {&state.containers, &state.oneoffs})
    for (const auto& container : *list) made[container.name()] = container.summary.created;
  std::vector<std::string> names;
  for (const auto& step : plan.steps)
    if (const auto* remove = std::get_if<plan::RemoveContainer>(&step.action))
      names.push_back(remove->container.name);
  std::stable_sort(names.begin(), names.end(),
                   [&](const auto& left, const auto& right) { return made[left] > made[right]; });
  return names;
}

constexpr auto depth = plan::ObserveOptions::Depth::containers;

/// `--stop`: before the question, for which only stopped ones are to be removed.
int stop(Context& context, const plan::ServiceNames& services) {
  const auto situation = look(context, services, depth);
  const auto there = services_there(situation, services);
  if (!there) return 0;
  return run_plan(context, plan::plan_stop(*situation.project, situation.state, {*there, {}}), carry_on());
}

int run(Context& context, const Arguments& arguments) {
  plan::RemoveOptions options;
  options.services = arguments.positional();
  if (arguments.flag("stop") && context.dry_run()) options.stop = plan::StopFirst::yes;
  if (arguments.flag("volumes")) options.volumes = plan::VolumeRemoval::remove;
  if (arguments.flag("stop") && !context.dry_run()) {
    if (const int code = stop(context, options.services); code != 0) return code;
  }
  const auto situation = look(context, options.services, depth);
  const auto services = services_there(situation, options.services);
  if (services) options.services = *services;
  const auto plan = services ? plan::plan_rm(*situation.project, situation.state, options) : plan::Plan{};
  const auto names = removed_names(plan, situation.state);
  if (names.empty()) {
    context.say("No stopped containers\n");
    return 0;
  }
  write_out("Going to remove " + join(names, ", ") + "\n");
  if (!arguments.flag("force") && !context.dry_run() && confirm("Are you sure?", Piped::silent) == Answer::no)
    return 0;
  return run_plan(context, plan, carry_on());
}

}  // namespace

constinit const Command rm_command{
    .name = "rm",
    .aliases = "",
    .synopsis = "[OPTIONS] [SERVICE...]",
    .summary = "Remove stopped containers",
    .details = "Anonymous volumes stay unless --volumes is given. Whatever is in no volume is lost.",
    .options = options,
    .run = run,
    .effect = Effect::changes,
    .title = "Removing",
};

}  // namespace crstack::cli
