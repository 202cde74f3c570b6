// SPDX-License-Identifier: MIT
#include <algorithm>

#include "crstack/base/text.hpp"
#include "crstack/plan/labels.hpp"
#include "up_planner.hpp"

namespace crstack::plan {

using event::Activity;
using event::ResourceKind;

namespace {

template <typename Use>
void each_volume(const project::Service& service, const Use& use) {
  for (const auto& mount : service.volumes) {
    if (mount.type == "volume" && !mount.source.empty()) use(mount.source);
  }
}

/// Without what is external, or not defined at all.
template <typename Resources>
std::set<std::string> own_keys(std::set<std::string> keys, const Resources& resources) {
  std::erase_if(keys, [&](const auto& key) {
    const auto found = resources.find(key);
    return found == resources.end() || found->second.external;
  });
  return keys;
}

bool has_volume(const ObservedContainer& container, const project::Volume& volume) {
  const auto& mounts = container.summary.mounts;
  return std::any_of(mounts.begin(), mounts.end(),
                     [&](const auto& mount) { return mount.name == volume.name; });
}

}  // namespace

void UpPlanner::check_external() {
  for (const auto& name : order_) {
    const auto& service = project_.services.at(name);
    for (const auto& [key, attachment] : service.networks) {
      const auto network = project_.networks.find(key);
      if (network == project_.networks.end() || !network->second.external) continue;
      if (find_network(state_, project_.name, network->second) == nullptr && !state_.swarm_node) {
        throw PlanError("network " + network->second.name + " declared as external, but could not be found",
                        "Create it with docker network create " + network->second.name + ".");
      }
    }
    each_volume(service, [&](const std::string& key) {
      const auto volume = project_.volumes.find(key);
      if (volume == project_.volumes.end() || !volume->second.external) return;
      if (!state_.volumes.contains(volume->second.name)) {
        throw PlanError("external volume \"" + volume->second.name + "\" not found",
                        "Create it with docker volume create " + volume->second.name + ".");
      }
    });
  }
}

/// A secret that is made on first use, once. Where its file is gone but a volume of a service that uses it is
/// still there, a new one would lock that service out of its own data.
void UpPlanner::plan_secrets() {
  for (const auto& name : order_) {
    const auto& service = project_.services.at(name);
    for (const auto& reference : service.secrets) {
      const auto secret = project_.secrets.find(reference.source);
      if (secret == project_.secrets.end() || !secret->second.generate_length) continue;
      if (state_.present_files.contains(secret->second.file)) continue;
      each_volume(service, [&](const std::string& key) {
        const auto volume = project_.volumes.find(key);
        if (volume == project_.volumes.end() || !state_.volumes.contains(volume->second.name)) return;
        throw PlanError(
            "The secret " + reference.source + " has no file any more (" + secret->second.file +
                "), but the volume " + volume->second.name + " of service " + name + " was set up with it.",
            "Put the file back; or, if the data does not depend on it, write a new value to it; or give "
            "the data up with down --volumes.");
      });
      auto& steps = secret_steps_[reference.source];
      if (!steps.empty()) continue;
      const GenerateSecret action{reference.source, secret->second.file, *secret->second.generate_length};
      const auto display =
          show({ResourceKind::secret, reference.source, ""}, Activity::creating, Activity::created);
      steps = {builder_.add(action, {}, "no file yet", display)};
    }
  }
}

/// Keys of the project's own networks that this plan makes use of.
std::set<std::string> UpPlanner::used_networks() const {
  std::set<std::string> keys;
  for (const auto& name : order_)
    for (const auto& [key, attachment] : project_.services.at(name).networks) keys.insert(key);
  if (options_.resources == Resources::all)
    for (const auto& [key, network] : project_.networks) keys.insert(key);
  return own_keys(keys, project_.networks);
}

void UpPlanner::plan_networks() {
  for (const auto& key : used_networks()) {
    const auto& network = project_.networks.at(key);
    const auto* there = find_network(state_, project_.name, network);
    if (there == nullptr) {
      const auto display =
          show({ResourceKind::network, network.name, ""}, Activity::creating, Activity::created);
      network_steps_[key] = {
          builder_.add(CreateNetwork{key, network_spec(project_, network)}, {}, "not there", display)};
    } else if (is_own(network, *there)) {
      drop_twins(network, *there);
      if (is_changed(there->labels, network.config_hash)) plan_changed_network(network, *there);
    }
  }
}

/// Whether a network was made for this project: one that was made for nobody or another one is used as it is,
/// if it has the right key.
bool UpPlanner::is_own(const project::Network& network, const engine::NetworkInfo& there) {
  const auto owner = value_of(there.labels, labels::project);
  const std::string whose =
      owner.empty() ? "was not created by compose" : "was not created for project \"" + project_.name + "\"";
  const std::string foreign = "a network with name " + network.name + " exists but " + whose +
                              ".\nSet `external: true` to use an existing network";
  if (value_of(there.labels, labels::network) != network.key) {
    throw PlanError("network " + network.name + " was found but has incorrect label " + labels::network +
                        " set to \"" + value_of(there.labels, labels::network) + "\" (expected: \"" +
                        network.key + "\")",
                    owner == project_.name ? "" : foreign);
  }
  if (owner != project_.name) builder_.warn(foreign);
  return owner == project_.name;
}

/// A run that was killed while the engine made the network leaves a second one of the same name, and the
/// engine then starts no container on either.
void UpPlanner::drop_twins(const project::Network& network, const engine::NetworkInfo& kept) {
  for (const auto& twin : state_.networks.at(network.name)) {
    const bool own = value_of(twin.labels, labels::project) == project_.name;
    if (!own || twin.id == kept.id || has_containers(state_, twin)) continue;
    network_steps_[network.key] +=
        {builder_.add(RemoveNetwork{network.name, twin.id}, {}, "left by a run that was killed", {})};
  }
}

/// Whether a container is none of this command's business: it would be left without what it needs. (Those of
/// services that the manifest has no more need nothing.)
bool UpPlanner::is_left_out(const ObservedContainer& container) const {
  const bool known =
      project_.services.contains(container.service) || project_.disabled_services.contains(container.service);
  return container.oneoff || (known && !selected_.contains(container.service));
}

/// The project's containers on a network, those of dependents first.
std::vector<const ObservedContainer*> UpPlanner::containers_on(const engine::NetworkInfo& network) const {
  std::vector<const ObservedContainer*> found;
  for (const auto* containers : {&state_.containers, &state_.oneoffs})
    for (const auto& container : *containers)
      if (is_on(container, network)) found.push_back(&container);
  const auto place = [&](const ObservedContainer* container) {
    const auto& services = graph_.services();
    return std::find(services.begin(), services.end(), container->service) - services.begin();
  };
  std::stable_sort(found.begin(), found.end(),
                   [&](const auto* left, const auto* right) { return place(left) > place(right); });
  return found;
}

/// The name of a container that runs on the network and is left out or none of the project's; empty: none.
std::string UpPlanner::left_out_on(const engine::NetworkInfo& network) const {
  auto foreign = network.containers;
  for (const auto* container : containers_on(network)) {
    if (container->running() && is_left_out(*container)) return container->name();
    foreign.erase(container->id());
  }
  return foreign.empty() ? "" : foreign.begin()->second;
}

void UpPlanner::plan_changed_network(const project::Network& network, const engine::NetworkInfo& there) {
  const auto other = left_out_on(there);
  if (other.empty() && !options_.kept_networks.contains(network.name)) return renew_network(network, there);
  builder_.warn("network \"" + network.name +
                "\" exists but doesn't match configuration in compose file; it is left as it is" +
                (other.empty() ? "" : ", since " + other + " is on it"));
}

/// Every container of the project leaves the network, so that another one can take its name. Those that stay
/// join that one (see `rejoin`).
void UpPlanner::renew_network(const project::Network& network, const engine::NetworkInfo& there) {
  const std::string cause = "network " + network.name + " changed";
  Steps gone = images_had_;
  for (const auto* container : containers_on(there)) {
    Steps stopped = container->running() ? stop(*container, cause) : images_had_;
    if (state_.removal_order == engine::RemovalOrder::sharers_first)  // what doesn't run is in its way, too
      stopped = {builder_.add(DisconnectNetwork{ref_of(*container), network.name}, stopped, cause)};
    gone += stopped;
  }
  const event::Subject subject{ResourceKind::network, network.name, ""};
  const auto removed = builder_.add(RemoveNetwork{network.name, there.id}, gone, cause,
                                    show(subject, std::nullopt, Activity::removed));
  network_steps_[network.key] +=
      {builder_.add(CreateNetwork{network.key, network_spec(project_, network)}, {removed}, cause,
                    show(subject, Activity::creating, Activity::created))};
  renewed_networks_.insert(network.name);
}

/// Keys of the project's own volumes that this plan makes use of.
std::set<std::string> UpPlanner::used_volumes() const {
  std::set<std::string> keys;
  for (const auto& name : order_)
    each_volume(project_.services.at(name), [&](const std::string& key) { keys.insert(key); });
  if (options_.resources == Resources::all)
    for (const auto& [key, volume] : project_.volumes) keys.insert(key);
  return own_keys(keys, project_.volumes);
}

/// A container that has the volume and is left out; null: none.
const ObservedContainer* UpPlanner::left_out_with(const project::Volume& volume) const {
  for (const auto* containers : {&state_.containers, &state_.oneoffs})
    for (const auto& container : *containers)
      if (has_volume(container, volume) && is_left_out(container)) return &container;
  return nullptr;
}

void UpPlanner::plan_volumes() {
  for (const auto& key : used_volumes()) {
    const auto& volume = project_.volumes.at(key);
    const auto there = state_.volumes.find(volume.name);
    if (there == state_.volumes.end()) {
      const auto display =
          show({ResourceKind::volume, volume.name, ""}, Activity::creating, Activity::created);
      volume_steps_[key] = {
          builder_.add(CreateVolume{key, volume_spec(project_, volume)}, {}, "not there", display)};
      continue;
    }
    const auto owner = value_of(there->second.labels, labels::project);
    if (owner.empty()) {
      builder_.warn("volume \"" + volume.name +
                    "\" already exists but was not created by Docker Compose. Use `external: true` to use an "
                    "existing volume");
    } else if (owner != project_.name) {
      builder_.warn("volume \"" + volume.name + "\" already exists but was created for project \"" + owner +
                    "\" (expected \"" + project_.name +
                    "\"). Use `external: true` to use an existing volume");
    }
    if (is_changed(there->second.labels, volume.config_hash)) plan_changed_volume(volume);
  }
}

void UpPlanner::plan_changed_volume(const project::Volume& volume) {
  const auto* other = left_out_with(volume);
  if (other == nullptr && options_.renewable_volumes.contains(volume.name)) return renew_volume(volume);
  builder_.warn("volume \"" + volume.name +
                "\" exists but doesn't match configuration in compose file; it is left as it is" +
                (other == nullptr ? "" : ", since " + other->name() + " uses it"));
}

/// The containers that use a volume have to go before it can.
void UpPlanner::renew_volume(const project::Volume& volume) {
  const std::string cause = "volume " + volume.name + " changed";
  Steps gone = images_had_;
  for (const auto& container : state_.containers) {
    if (!has_volume(container, volume)) continue;
    const auto ref = ref_of(container);
    const Steps removed = {builder_.add(RemoveContainer{ref}, stop(container, cause), cause,
                                        show(container_subject(ref), Activity::removing, Activity::removed))};
    stopped_[container.id()] = removed;
    removed_.insert(container.id());
    gone += removed;
  }
  const event::Subject subject{ResourceKind::volume, volume.name, ""};
  const auto removed = builder_.add(RemoveVolume{volume.name}, gone, cause);
  volume_steps_[volume.key] = {builder_.add(CreateVolume{volume.key, volume_spec(project_, volume)},
                                            {removed}, cause,
                                            show(subject, Activity::creating, Activity::created))};
  renewed_.volumes.insert(volume.key);
}

/// A missing file would be found only after half of the stack has started.
void UpPlanner::check_files(const Service& service) const {
  const auto check = [&](const auto& references, const auto& objects, const char* word) {
    for (const auto& reference : references) {
      const auto object = objects.find(reference.source);
      if (object == objects.end() || object->second.file.empty() || object->second.generate_length) continue;
      if (state_.present_files.contains(object->second.file)) continue;
      throw PlanError(
          "invalid mount config for type \"bind\": bind source path does not exist: " + object->second.file +
          " (the file of the " + word + " " + reference.source + " of service " + service.name + ")");
    }
  };
  check(service.secrets, project_.secrets, "secret");
  check(service.configs, project_.configs, "config");
}

ChangedResources UpPlanner::changed_resources() const {
  ChangedResources changed;
  for (const auto& key : used_volumes()) {
    const auto& volume = project_.volumes.at(key);
    const auto there = state_.volumes.find(volume.name);
    if (there == state_.volumes.end() || !is_changed(there->second.labels, volume.config_hash)) continue;
    if (left_out_with(volume) == nullptr) changed.volumes.push_back(volume.name);
  }
  for (const auto& key : used_networks()) {
    const auto& network = project_.networks.at(key);
    const auto* there = find_network(state_, project_.name, network);
    if (there == nullptr || !is_changed(there->labels, network.config_hash) || !left_out_on(*there).empty())
      continue;
    const auto on_it = containers_on(*there);
    const bool used = std::any_of(on_it.begin(), on_it.end(), [](const auto* one) { return one->running(); });
    if (used && value_of(there->labels, labels::project) == project_.name)
      changed.networks.push_back(network.name);
  }
  return changed;
}

ChangedResources changed_resources(const project::Project& project, const ObservedState& state,
                                   const UpOptions& options) {
  return UpPlanner(project, state, options).changed_resources();
}

}  // namespace crstack::plan
