// SPDX-License-Identifier: MIT
#include <algorithm>

#include "crstack/plan/labels.hpp"
#include "up_planner.hpp"

namespace crstack::plan {

using event::Activity;
using project::Condition;

namespace {

/// Whether the engine is heard soon after an own probe that opened a gate.
bool is_probed_often(const project::Service& service) {
  return service.healthcheck && service.healthcheck->interval.value_or(Duration::max()) <= agreement_time;
}

}  // namespace

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

/// A gate is a step of its own, shared by all who wait for the same. Where the list says that the condition
/// holds already, there is none.
Steps UpPlanner::gate(const std::string& name, const project::Dependency& dependency) {
  const auto& service = project_.services.at(name);
  const auto& started = started_[name];
  if (dependency.condition == Condition::started || service.provider || containers_[name].empty())
    return started;
  const bool healthy = dependency.condition == Condition::healthy;
  const std::string key =
      name + (healthy ? " healthy" : " completed") + (dependency.required ? "" : " optional");
  if (const auto found = gates_.find(key); found != gates_.end()) return found->second;

  const auto& fates = fates_.at(name);
  const bool holds = started.empty() && std::all_of(fates.begin(), fates.end(), [&](const Fate& fate) {
                       if (fate.kind == Fate::Kind::remove) return true;
                       return healthy && fate.kind == Fate::Kind::keep &&
                              fate.current->summary.health == engine::Health::healthy;
                     });
  if (holds) {
    show_ready(name);
    return gates_[key] = {};
  }
  WaitForCondition action;
  action.service = name;
  action.condition = healthy ? WaitFor::healthy : WaitFor::completed_successfully;
  action.containers = containers_[name];
  action.required = dependency.required;
  action.probe = service.engine_probe_only ? ProbePolicy::engine_only : options_.probe;
  return gates_[key] = {builder_.add(std::move(action), started, "others wait for it")};
}

/// What there is to wait for has happened: told, but no step.
void UpPlanner::show_ready(const std::string& service) {
  for (const auto& ref : containers_[service]) builder_.ready_already(container_subject(ref));
}

/// `--wait`: everything that the list does not show as ready already.
void UpPlanner::plan_waits() {
  if (options_.wait == WaitMode::none || options_.start == Start::no) return;
  for (const auto& name : order_) {
    const auto& service = project_.services.at(name);
    if (service.provider || containers_[name].empty()) continue;
    if (gates_.contains(name + " completed")) continue;
    const auto gate = gates_.find(name + " healthy");
    if (gate != gates_.end() && (gate->second.empty() || !is_probed_often(service))) continue;
    const auto& fates = fates_.at(name);
    const bool ready =
        started_[name].empty() && std::all_of(fates.begin(), fates.end(), [](const Fate& fate) {
          if (fate.kind == Fate::Kind::remove) return true;
          const auto& summary = fate.current->summary;
          return fate.kind == Fate::Kind::keep && summary.state == engine::ContainerState::running &&
                 (summary.health == engine::Health::none || summary.health == engine::Health::healthy);
        });
    if (ready) {
      show_ready(name);
      continue;
    }
    WaitForCondition action;
    action.service = name;
    action.condition = WaitFor::running_or_healthy;
    action.containers = containers_[name];
    action.probe = service.engine_probe_only ? ProbePolicy::engine_only : options_.probe;
    builder_.add(std::move(action), gate == gates_.end() ? started_[name] : gate->second, "asked for");
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
