// SPDX-License-Identifier: MIT
#include <algorithm>

#include "crstack/plan/labels.hpp"
#include "up_planner.hpp"

namespace crstack::plan {

using event::Activity;
using event::ResourceKind;

namespace {

std::string label(const engine::StringMap& labels, const char* key) {
  const auto found = labels.find(key);
  return found == labels.end() ? "" : found->second;
}

template <typename Use>
void each_volume(const project::Service& service, const Use& use) {
  for (const auto& mount : service.volumes) {
    if (mount.type == "volume" && !mount.source.empty()) use(mount.source);
  }
}

}  // namespace

void UpPlanner::check_external() {
  for (const auto& name : order_) {
    const auto& service = project_.services.at(name);
    for (const auto& [key, attachment] : service.networks) {
      const auto network = project_.networks.find(key);
      if (network == project_.networks.end() || !network->second.external) continue;
      if (find_network(state_, project_.name, network->second) == nullptr) {
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

void UpPlanner::plan_networks() {
  std::set<std::string> keys;
  for (const auto& name : order_) {
    for (const auto& [key, attachment] : project_.services.at(name).networks) keys.insert(key);
  }
  if (options_.resources == Resources::all)
    for (const auto& [key, network] : project_.networks) keys.insert(key);
  for (const auto& key : keys) {
    const auto found = project_.networks.find(key);
    if (found == project_.networks.end() || found->second.external) continue;
    const auto& network = found->second;
    const auto display =
        show({ResourceKind::network, network.name, ""}, Activity::creating, Activity::created);
    const auto* there = find_network(state_, project_.name, network);
    if (there == nullptr) {
      network_steps_[key] = {
          builder_.add(CreateNetwork{key, network_spec(project_, network)}, {}, "not there", display)};
      continue;
    }
    const auto owner = label(there->labels, labels::project);
    const std::string whose = owner.empty() ? "was not created by compose"
                                            : "was not created for project \"" + project_.name + "\"";
    const std::string foreign = "a network with name " + network.name + " exists but " + whose +
                                ".\nSet `external: true` to use an existing network";
    if (label(there->labels, labels::network) != key) {
      throw PlanError("network " + network.name + " was found but has incorrect label " + labels::network +
                          " set to \"" + label(there->labels, labels::network) + "\" (expected: \"" + key +
                          "\")",
                      owner == project_.name ? "" : foreign);
    }
    if (owner != project_.name) builder_.warn(foreign);
    if (owner != project_.name) continue;
    drop_twins(network, *there);
    const auto hash = label(there->labels, labels::config_hash);
    if (!hash.empty() && hash != network.config_hash) renew_network(network, *there);
  }
}

/// A run that was killed while the engine made the network leaves a second one of the same name, and the
/// engine then starts no container on either.
void UpPlanner::drop_twins(const project::Network& network, const engine::NetworkInfo& kept) {
  for (const auto& twin : state_.networks.at(network.name)) {
    const bool own = label(twin.labels, labels::project) == project_.name;
    if (!own || twin.id == kept.id || has_containers(state_, twin)) continue;
    network_steps_[network.key] +=
        {builder_.add(RemoveNetwork{network.name, twin.id}, {}, "left by a run that was killed", {})};
  }
}

/// Every container of the project leaves the network, so that another one can take its name.
void UpPlanner::renew_network(const project::Network& network, const engine::NetworkInfo& there) {
  const std::string cause = "network " + network.name + " changed";
  Steps gone = images_had_;
  for (const auto& container : state_.containers) {
    const auto& attached = container.summary.networks;
    const bool on_it = std::any_of(attached.begin(), attached.end(),
                                   [&](const auto& one) { return one.second == there.id; });
    if (!on_it || !container.running()) continue;
    gone += stop(container, cause);
  }
  const event::Subject subject{ResourceKind::network, network.name, ""};
  const auto removed = builder_.add(RemoveNetwork{network.name, there.id}, gone, cause,
                                    show(subject, Activity::removing, Activity::removed));
  network_steps_[network.key] +=
      {builder_.add(CreateNetwork{network.key, network_spec(project_, network)}, {removed}, cause,
                    show(subject, Activity::creating, Activity::created))};
  renewed_.networks.insert(network.key);
}

void UpPlanner::plan_volumes() {
  std::set<std::string> keys;
  for (const auto& name : order_) {
    each_volume(project_.services.at(name), [&](const std::string& key) { keys.insert(key); });
  }
  if (options_.resources == Resources::all)
    for (const auto& [key, volume] : project_.volumes) keys.insert(key);
  const auto changed = changed_volumes(project_, state_);
  for (const auto& key : keys) {
    const auto found = project_.volumes.find(key);
    if (found == project_.volumes.end() || found->second.external) continue;
    const auto& volume = found->second;
    const auto there = state_.volumes.find(volume.name);
    if (there == state_.volumes.end()) {
      const auto display =
          show({ResourceKind::volume, volume.name, ""}, Activity::creating, Activity::created);
      volume_steps_[key] = {
          builder_.add(CreateVolume{key, volume_spec(project_, volume)}, {}, "not there", display)};
      continue;
    }
    const auto owner = label(there->second.labels, labels::project);
    if (owner.empty()) {
      builder_.warn("volume \"" + volume.name +
                    "\" already exists but was not created by Docker Compose. Use `external: true` to use an "
                    "existing volume");
    } else if (owner != project_.name) {
      builder_.warn("volume \"" + volume.name + "\" already exists but was created for project \"" + owner +
                    "\" (expected \"" + project_.name +
                    "\"). Use `external: true` to use an existing volume");
    }
    if (std::find(changed.begin(), changed.end(), volume.name) == changed.end()) continue;
    if (options_.volume_recreation == Consent::given) {
      renew_volume(volume);
    } else {
      builder_.warn("volume \"" + volume.name +
                    "\" exists but doesn't match configuration in compose file; it is left as it is");
    }
  }
}

/// The containers that use a volume have to go before it can.
void UpPlanner::renew_volume(const project::Volume& volume) {
  const std::string cause = "volume " + volume.name + " changed";
  Steps gone = images_had_;
  for (const auto& container : state_.containers) {
    const auto& mounts = container.summary.mounts;
    const bool uses = std::any_of(mounts.begin(), mounts.end(),
                                  [&](const auto& mount) { return mount.name == volume.name; });
    if (!uses) continue;
    const auto ref = ref_of(container);
    const Steps removed = {builder_.add(RemoveContainer{ref}, stop(container, cause), cause,
                                        show(container_subject(ref), Activity::removing, Activity::removed))};
    stopped_[container.id()] = removed;
    removed_.insert(container.id());
    gone += removed;
  }
  const event::Subject subject{ResourceKind::volume, volume.name, ""};
  const auto removed = builder_.add(RemoveVolume{volume.name}, gone, cause,
                                    show(subject, Activity::removing, Activity::removed));
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

std::vector<std::string> changed_volumes(const project::Project& project, const ObservedState& state) {
  std::vector<std::string> changed;
  for (const auto& [key, volume] : project.volumes) {
    const auto there = state.volumes.find(volume.name);
    if (volume.external || there == state.volumes.end()) continue;
    const auto hash = label(there->second.labels, labels::config_hash);
    if (!hash.empty() && hash != volume.config_hash) changed.push_back(volume.name);
  }
  return changed;
}

}  // namespace crstack::plan
