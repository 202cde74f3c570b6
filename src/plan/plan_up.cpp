// SPDX-License-Identifier: MIT
#include "up_planner.hpp"

#include <algorithm>
#include <utility>

#include "crstack/base/text.hpp"
#include "crstack/plan/labels.hpp"

namespace crstack::plan {

UpPlanner::UpPlanner(const project::Project& project, const ObservedState& state, const UpOptions& options)
    : project_(project),
      state_(state),
      options_(options),
      graph_(project),
      builder_(project.name),
      named_(select_services(project, options.services)) {
  if (!graph_.cycle().empty()) {
    throw PlanError("The services depend on each other in a circle: " + join(graph_.cycle(), " → ") + ".");
  }
  check_scales();
  selected_ = options.dependencies == Dependencies::include ? graph_.with_dependencies(named_) : named_;
  for (const auto& name : graph_.services()) {
    if (selected_.contains(name)) order_.push_back(name);
  }
  order_by_joined_containers();
}

/// Whether a service depends on another, or joins its container, directly or not.
bool UpPlanner::comes_after(const std::string& service, const std::string& other) const {
  std::set<std::string> before = graph_.with_dependencies({service});
  for (std::size_t known = 0; known != before.size();) {
    known = before.size();
    for (const auto& [name, targets] : joined_)
      if (before.contains(name)) before.merge(graph_.with_dependencies(targets));
  }
  return before.contains(other);
}

/// Puts a service into the order, behind all that it comes after.
void UpPlanner::place(const std::string& name, std::set<std::string>& placed) {
  if (!selected_.contains(name) || !placed.insert(name).second) return;
  for (const auto& edge : graph_.dependencies(name)) place(edge.to, placed);
  if (const auto found = joined_.find(name); found != joined_.end())
    for (const auto& target : found->second) place(target, placed);
  order_.push_back(name);
}

/// `container:NAME` of a container that this plan makes is no dependency, but there is nothing to join
/// before.
void UpPlanner::order_by_joined_containers() {
  std::map<std::string, std::string> owners;
  for (const auto& name : order_)
    owners.emplace(container_name(project_, project_.services.at(name), 1), name);
  for (const auto& name : order_) {
    for (const auto& container : joined_containers(project_.services.at(name))) {
      const auto owner = owners.find(container);
      if (owner != owners.end() && !comes_after(owner->second, name)) joined_[name].insert(owner->second);
    }
  }
  if (joined_.empty()) return;
  std::set<std::string> placed;
  for (const auto& name : std::exchange(order_, {})) place(name, placed);
}

/// A scale of what isn't started would be without effect, unless only --no-deps leaves it out.
void UpPlanner::check_scales() const {
  const auto within = graph_.with_dependencies(named_);
  for (const auto& [name, count] : options_.scale) {
    const bool off = project_.disabled_services.contains(name);
    if (!off && !project_.services.contains(name))
      throw PlanError("no such service: " + name + ": not found");
    if (off || !within.contains(name))
      throw PlanError("no such service: " + name + ": disabled",
                      off ? "Activate one of its profiles: " +
                                join(project_.disabled_services.at(name).profiles, ", ") + "."
                          : "Name it as well, to scale it.");
  }
}

Plan UpPlanner::plan() {
  check_external();
  plan_images(order_);
  plan_secrets();
  plan_networks();
  plan_volumes();
  plan_orphans();
  for (const auto& name : order_) decide(project_.services.at(name));
  if (state_.removal_order == engine::RemovalOrder::sharers_first) remove_sharers();
  for (const auto& name : order_) plan_service(project_.services.at(name));
  plan_waits();
  return builder_.finish();
}

Plan UpPlanner::plan_refresh() {
  std::vector<std::string> existing;
  for (const auto& name : order_)
    if (!state_.of_service(name).empty()) existing.push_back(name);
  plan_images(existing);
  return builder_.finish();
}

Plan UpPlanner::plan_providers() {
  for (const auto& name : order_) {
    const auto& service = project_.services.at(name);
    const bool waits = std::any_of(service.depends_on.begin(), service.depends_on.end(),
                                   [&](const auto& entry) { return !started_.contains(entry.first); });
    if (service.provider && !waits) plan_provider(service);
  }
  return builder_.finish();
}

Plan plan_up(const project::Project& project, const ObservedState& state, const UpOptions& options) {
  return UpPlanner(project, state, options).plan();
}

Plan plan_refresh(const project::Project& project, const ObservedState& state, const UpOptions& options) {
  if (options.images == UpOptions::Images::settled) return Plan{project.name, {}, {}, {}};
  return UpPlanner(project, state, options).plan_refresh();
}

Plan plan_providers(const project::Project& project, const ObservedState& state, const UpOptions& options) {
  return UpPlanner(project, state, options).plan_providers();
}

Plan plan_create(const project::Project& project, const ObservedState& state, UpOptions options) {
  options.start = Start::no;
  options.wait = WaitMode::none;
  return plan_up(project, state, options);
}

Plan plan_scale(const project::Project& project, const ObservedState& state, UpOptions options) {
  options.services.clear();
  for (const auto& [service, count] : options.scale) options.services.push_back(service);
  return plan_up(project, state, options);
}

}  // namespace crstack::plan
