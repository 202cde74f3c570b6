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

/// What is to become of the containers that there are, were none too many. A recreation that was cut short is
/// finished (the old one is gone: the new one gets its name) or undone (the old one is there: the half-made
/// one goes).
std::vector<Fate> UpPlanner::fates_of_present(const Service& service) const {
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
      present.push_back({Fate::Kind::remove, container, container->number, "left over from a recreation"});
      continue;
    }
    const auto cause = recreation_cause(service, *container);
    present.push_back({cause.empty() ? Fate::Kind::adopt : Fate::Kind::recreate, container, container->number,
                       cause.empty() ? "its recreation was cut short" : cause});
  }
  return present;
}

/// Of too many containers those go first that would be made anew, then those of the highest numbers.
void UpPlanner::fit_to_scale(const Service& service, std::vector<Fate>& fates) const {
  const auto wanted = static_cast<std::size_t>(std::max(0, scale_of(service)));
  const auto rank = [](const Fate& fate) {
    return std::pair(fate.kind == Fate::Kind::recreate, fate.number);
  };
  std::vector<Fate*> staying;
  int next = 1;
  for (auto& fate : fates) {
    next = std::max(next, fate.number + 1);
    if (fate.kind != Fate::Kind::remove) staying.push_back(&fate);
  }
  std::stable_sort(staying.begin(), staying.end(),
                   [&](const Fate* left, const Fate* right) { return rank(*left) < rank(*right); });
  for (std::size_t i = wanted; i < staying.size(); ++i) {
    staying[i]->kind = Fate::Kind::remove;
    staying[i]->cause = "scale " + std::to_string(wanted);
  }
  for (auto have = staying.size(); have < wanted; ++have)
    fates.push_back({Fate::Kind::create, nullptr, next++, "not there"});
}

/// Which containers stay, which are made anew, which go.
void UpPlanner::decide(const Service& service) {
  if (service.provider) return;
  auto& fates = fates_[service.name] = fates_of_present(service);
  fit_to_scale(service, fates);
  const auto place = [](const Fate& fate) { return std::pair(fate.number, fate.kind != Fate::Kind::remove); };
  std::stable_sort(fates.begin(), fates.end(),
                   [&](const Fate& left, const Fate& right) { return place(left) < place(right); });
  for (const auto& fate : fates) {
    if (fate.kind == Fate::Kind::recreate) renewed_.services.insert(service.name);
    if (fate.kind == Fate::Kind::remove) continue;
    const bool exists = fate.kind == Fate::Kind::keep || fate.kind == Fate::Kind::adopt;
    containers_[service.name].push_back(
        {service.name, container_name(project_, service, fate.number), exists ? fate.current->id() : ""});
  }
}

}  // namespace crstack::plan
