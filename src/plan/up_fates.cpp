// SPDX-License-Identifier: MIT
#include <algorithm>

#include "crstack/plan/labels.hpp"
#include "up_planner.hpp"

namespace crstack::plan {

namespace {

constexpr std::size_t short_id = 12;

/// The name a container has between its making and the removal of the one it replaces:
/// `<short ID of that one>_<name>`.
bool is_temporary_name(const std::string& name, const std::string& final_name) {
  return name.size() == final_name.size() + short_id + 1 && name.ends_with("_" + final_name) &&
         name.find_first_not_of("0123456789abcdef") == short_id;
}

}  // namespace

int UpPlanner::scale_of(const Service& service) const {
  const auto asked = options_.scale.find(service.name);
  const int scale = asked == options_.scale.end() ? service.scale : asked->second;
  if (scale > 1 && !service.container_name.empty()) {
    throw PlanError("WARNING: The \"" + service.name + "\" service is using the custom container name \"" +
                    service.container_name +
                    "\". Docker requires each container to have a unique name. Remove the custom name to "
                    "scale the service");
  }
  return scale;
}

std::string UpPlanner::recreation_cause(const Service& service, const ObservedContainer& container) const {
  if (removed_.contains(container.id())) return "volume recreated";
  const auto mode = named_.contains(service.name) ? options_.recreate : options_.recreate_dependencies;
  if (mode == Recreate::never) return "";
  if (mode == Recreate::always) return "asked for";
  if (named_.contains(service.name) && options_.anonymous_volumes == AnonymousVolumes::renew)
    return "anonymous volumes asked for anew";
  return drift(project_, service, container, state_, renewed_);
}

/// Which containers stay, which are made anew, which go. A recreation that was cut short is finished (the old
/// one is gone: the new one gets its name) or undone (the old one is there: the half-made one goes).
void UpPlanner::decide(const Service& service) {
  if (service.provider) return;
  auto& fates = fates_[service.name];
  std::vector<Fate> present;
  std::set<int> numbers;
  const auto containers = state_.of_service(service.name);
  const auto temporary = [&](const ObservedContainer* container) {
    return is_temporary_name(container->name(), container_name(project_, service, container->number));
  };
  for (const auto* container : containers) {
    if (temporary(container) || !numbers.insert(container->number).second) continue;
    const auto cause = recreation_cause(service, *container);
    present.push_back(
        {cause.empty() ? Fate::Kind::keep : Fate::Kind::recreate, container, container->number, cause});
  }
  for (const auto* container : containers) {
    if (!temporary(container)) continue;
    if (!numbers.insert(container->number).second) {
      fates.push_back({Fate::Kind::remove, container, container->number, "left over from a recreation"});
      continue;
    }
    const auto cause = recreation_cause(service, *container);
    present.push_back({cause.empty() ? Fate::Kind::adopt : Fate::Kind::recreate, container, container->number,
                       cause.empty() ? "its recreation was cut short" : cause});
  }
  const auto keeps = [](const Fate& fate) { return fate.kind != Fate::Kind::recreate; };
  std::stable_sort(present.begin(), present.end(), [&](const Fate& left, const Fate& right) {
    return std::pair(!keeps(left), left.number) < std::pair(!keeps(right), right.number);
  });
  const auto wanted = static_cast<std::size_t>(std::max(0, scale_of(service)));
  for (std::size_t i = wanted; i < present.size(); ++i) {
    present[i].kind = Fate::Kind::remove;
    present[i].cause = "scale " + std::to_string(wanted);
  }
  int next = numbers.empty() ? 1 : *numbers.rbegin() + 1;
  while (present.size() < wanted) present.push_back({Fate::Kind::create, nullptr, next++, "not there"});
  fates.insert(fates.end(), present.begin(), present.end());
  std::stable_sort(fates.begin(), fates.end(),
                   [](const Fate& left, const Fate& right) { return left.number < right.number; });
  for (const auto& fate : fates) {
    if (fate.kind == Fate::Kind::recreate) renewed_.services.insert(service.name);
    if (fate.kind == Fate::Kind::remove) continue;
    const bool exists = fate.kind == Fate::Kind::keep || fate.kind == Fate::Kind::adopt;
    containers_[service.name].push_back(
        {service.name, container_name(project_, service, fate.number), exists ? fate.current->id() : ""});
  }
}

}  // namespace crstack::plan
