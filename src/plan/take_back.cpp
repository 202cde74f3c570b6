// SPDX-License-Identifier: MIT
#include <algorithm>

#include "plan_builder.hpp"

namespace crstack::plan {

using event::Activity;
using event::ResourceKind;

namespace {

template <typename... Actions>
bool is_one_of(const Action& action) {
  return (std::holds_alternative<Actions>(action) || ...);
}

/// Adds the step that undoes another; nothing where there is none.
void add_undoing(PlanBuilder& builder, const Action& action, const std::string& cause) {
  const auto shown = [](ResourceKind kind, const std::string& name) {
    return show({kind, name, ""}, Activity::removing, Activity::removed);
  };
  if (const auto* network = std::get_if<CreateNetwork>(&action)) {
    const auto& name = network->spec.name;
    builder.add(RemoveNetwork{name, name}, {}, cause, shown(ResourceKind::network, name));
  } else if (const auto* volume = std::get_if<CreateVolume>(&action)) {
    const auto& name = volume->spec.name;
    builder.add(RemoveVolume{name}, {}, cause, shown(ResourceKind::volume, name));
  } else if (const auto* container = std::get_if<CreateContainer>(&action)) {
    builder.add(RemoveContainer{container->container, engine::Containers::Force::no,
                                engine::Containers::AnonymousVolumes::remove},
                {}, cause,
                show(container_subject(container->container), Activity::removing, Activity::removed));
  }
}

}  // namespace

Plan plan_take_back(const Plan& plan, const std::set<StepId>& made, const std::string& cause) {
  PlanBuilder builder(plan.project);
  std::set<StepId> needed;  // by what stays
  for (auto step = plan.steps.rbegin(); step != plan.steps.rend(); ++step) {
    if (!made.contains(step->id)) continue;
    // networks and volumes that are made anew take the place of others
    const bool first = step->depends_on.empty() || !is_one_of<CreateNetwork, CreateVolume>(step->action);
    const bool can_go =
        first &&
        is_one_of<CreateNetwork, CreateVolume, CreateContainer, ConnectNetwork, CopyFiles>(step->action);
    if (can_go && !needed.contains(step->id)) {
      add_undoing(builder, step->action, cause);
    } else {
      needed.insert(step->depends_on.begin(), step->depends_on.end());
    }
  }
  return builder.finish();
}

}  // namespace crstack::plan
