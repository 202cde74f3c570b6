// SPDX-License-Identifier: MIT
#include <algorithm>

#include "crstack/plan/labels.hpp"
#include "up_planner.hpp"

namespace crstack::plan {

using event::Activity;
using project::Condition;

/// What must have happened before a service's containers may start.
Steps UpPlanner::gates_of(const Service& service) {
  Steps steps;
  for (const auto& [name, dependency] : service.depends_on) {
    if (selected_.contains(name)) steps += gate(name, dependency);
  }
  if (const auto found = joined_.find(service.name); found != joined_.end())
    for (const auto& target : found->second) steps += started_[target];
  return steps;
}

Steps UpPlanner::gate(const std::string& name, const project::Dependency& dependency) {
  const auto& service = project_.services.at(name);
  const auto& started = started_[name];
  if (dependency.condition == Condition::started || service.provider) return started;
  auto wait = wait_for(service, awaited(dependency.condition), containers_[name], options_.probe);
  if (wait.containers.empty()) return started;
  wait.required = dependency.required;
  const bool healthy = wait.condition == WaitFor::healthy;
  const auto met = met_by_all(name, [healthy](const Fate& fate) {
    return healthy && fate.kind == Fate::Kind::keep &&
           fate.current->summary.health == engine::Health::healthy;
  });
  return waits_.add(std::move(wait), started, met);
}

/// Whether all of a service's containers that stay meet a condition, and nothing of it is started.
template <typename Meets>
Waits::Met UpPlanner::met_by_all(const std::string& service, const Meets& meets) {
  const auto& fates = fates_.at(service);
  const bool met =
      started_[service].empty() && std::all_of(fates.begin(), fates.end(), [&](const Fate& fate) {
        return fate.kind == Fate::Kind::remove || meets(fate);
      });
  return met ? Waits::Met::already : Waits::Met::not_yet;
}

/// `--wait`: everything that the list does not show as ready already.
void UpPlanner::plan_waits() {
  if (options_.wait == WaitMode::none || options_.start == Start::no) return;
  for (const auto& name : order_) {
    const auto& service = project_.services.at(name);
    if (service.provider || waits_.has_condition_of(name)) continue;
    const auto met = met_by_all(name, [](const Fate& fate) {
      if (fate.kind != Fate::Kind::keep) return false;
      const auto& summary = fate.current->summary;
      return summary.state == engine::ContainerState::running &&
             (summary.health == engine::Health::none || summary.health == engine::Health::healthy);
    });
    waits_.add(wait_for(service, WaitFor::running_or_healthy, containers_[name], options_.probe),
               started_[name], met, "asked for");
  }
}

void UpPlanner::plan_orphans() {
  const auto orphans = orphans_of(project_, state_);
  if (options_.orphans == Orphans::ignore) return;
  if (options_.orphans == Orphans::warn) return warn_of_orphans(orphans, builder_);
  for (const auto* orphan : orphans) {
    const auto ref = ref_of(*orphan);
    builder_.add(RemoveContainer{ref}, stop(*orphan, "orphan"), "orphan",
                 show(container_subject(ref), Activity::removing, Activity::removed));
  }
}

}  // namespace crstack::plan
