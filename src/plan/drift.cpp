// SPDX-License-Identifier: MIT
#include "drift.hpp"

#include <algorithm>

#include "crstack/base/text.hpp"
#include "crstack/plan/config_hash.hpp"
#include "crstack/plan/container_spec.hpp"
#include "crstack/plan/labels.hpp"

namespace crstack::plan {

namespace {

std::string image_drift(const project::Project& project, const project::Service& service,
                        const ObservedContainer& container, const ObservedState& state) {
  const auto image = state.images.find(image_name(project, service));
  if (image == state.images.end()) return "";
  const auto& label = container.label(labels::image);
  const auto& made_from = label.empty() ? container.summary.image_id : label;
  return made_from == image->second.id ? "" : "image changed";
}

/// Whether a container that does not run was on a network of this name that is no more: the engine won't
/// start it again.
bool lost_network(const ObservedContainer& container, const std::string& name,
                  const engine::NetworkInfo* there) {
  const auto before = container.summary.networks.find(name);
  return before != container.summary.networks.end() && !before->second.empty() &&
         (there == nullptr || there->id != before->second);
}

std::string network_drift(const project::Project& project, const project::Service& service,
                          const ObservedContainer& container, const ObservedState& state) {
  for (const auto& [key, attachment] : service.networks) {
    const auto network = project.networks.find(key);
    if (network == project.networks.end()) continue;
    const auto* there = find_network(state, project.name, network->second);
    if (there == nullptr && network->second.external && state.swarm_node) continue;
    if (container.summary.state != engine::ContainerState::running) {
      if (lost_network(container, network->second.name, there))
        return "network " + network->second.name + " was removed";
      continue;
    }
    if (there == nullptr || !is_on(container, *there)) return "not on network " + network->second.name;
  }
  return "";
}

std::string volume_drift(const project::Project& project, const project::Service& service,
                         const ObservedContainer& container, const Renewed& renewed) {
  for (const auto& mount : service.volumes) {
    if (mount.type != "volume" || mount.source.empty()) continue;
    const auto volume = project.volumes.find(mount.source);
    const std::string name = volume == project.volumes.end() ? mount.source : volume->second.name;
    if (renewed.volumes.contains(mount.source)) return "volume " + name + " recreated";
    const auto& mounts = container.summary.mounts;
    const bool found = std::any_of(mounts.begin(), mounts.end(), [&](const auto& point) {
      return point.type == "volume" && point.name == name;
    });
    if (!found) return "volume " + name + " not mounted";
  }
  return "";
}

/// A container that shares another's namespace or volumes is of no use once that one was made anew: also
/// where an earlier run was cut short in between.
std::string shared_drift(const project::Service& service, const ObservedContainer& container,
                         const ObservedState& state, const Renewed& renewed) {
  for (const auto& name : shared_with(service)) {
    if (renewed.services.contains(name)) return "service " + name + " recreated";
    const auto targets = state.of_service(name);
    if (!targets.empty() && targets.front()->summary.created > container.summary.created) {
      return "service " + name + " recreated";
    }
  }
  return "";
}

/// Its own hash, or the one that counts the containers which it shares with.
bool has_hash(const project::Service& service, const ObservedContainer& container,
              const ObservedState& state) {
  const auto& hash = container.label(labels::config_hash);
  if (hash == service.config_hash) return true;
  if (service.hash_text.empty()) return false;
  std::map<std::string, std::string> ids;
  for (const auto& name : shared_with(service))
    if (const auto targets = state.of_service(name); !targets.empty()) ids[name] = targets.front()->id();
  return hash == shared_config_hash(service.hash_text, ids);
}

}  // namespace

std::set<std::string> shared_with(const project::Service& service) {
  constexpr std::string_view prefix = "service:";
  std::set<std::string> services;
  for (const auto* mode : {&service.network_mode, &service.ipc, &service.pid}) {
    if (mode->starts_with(prefix)) services.insert(mode->substr(prefix.size()));
  }
  for (const auto& entry : service.volumes_from) {
    const auto parts = split(entry, ':');
    if (parts[0] != "container") services.insert(parts[0]);
  }
  return services;
}

std::set<std::string> joined_containers(const project::Service& service) {
  constexpr std::string_view prefix = "container:";
  std::set<std::string> containers;
  const auto add = [&](const std::string& text) {
    if (text.starts_with(prefix)) containers.insert(split(text, ':')[1]);
  };
  for (const auto* mode : {&service.network_mode, &service.ipc, &service.pid}) add(*mode);
  for (const auto& entry : service.volumes_from) add(entry);
  return containers;
}

const engine::NetworkInfo* find_network(const ObservedState& state, const std::string& project,
                                        const project::Network& network) {
  const auto found = state.networks.find(network.name);
  if (found == state.networks.end()) {
    for (const auto& [name, networks] : state.networks) {  // an external network may be given by its ID
      for (const auto& candidate : networks) {
        if (network.external && candidate.id == network.name) return &candidate;
      }
    }
    return nullptr;
  }
  const engine::NetworkInfo* own = nullptr;
  for (const auto& candidate : found->second) {
    if (value_of(candidate.labels, labels::project) != project) continue;
    if (has_containers(state, candidate)) return &candidate;
    if (own == nullptr) own = &candidate;
  }
  return own != nullptr ? own : &found->second.front();
}

bool is_changed(const engine::StringMap& labels, const std::string& config_hash) {
  const auto hash = labels.find(labels::config_hash);
  return hash != labels.end() && !hash->second.empty() && hash->second != config_hash;
}

bool is_on(const ObservedContainer& container, const engine::NetworkInfo& network) {
  const auto& attached = container.summary.networks;
  return std::any_of(attached.begin(), attached.end(),
                     [&](const auto& one) { return one.second == network.id; });
}

bool has_containers(const ObservedState& state, const engine::NetworkInfo& network) {
  return std::any_of(state.containers.begin(), state.containers.end(),
                     [&](const auto& container) { return is_on(container, network); });
}

std::string drift(const project::Project& project, const project::Service& service,
                  const ObservedContainer& container, const ObservedState& state, const Renewed& renewed) {
  if (container.summary.state == engine::ContainerState::dead) return "dead";
  if (!has_hash(service, container, state)) return "configuration changed";
  if (auto cause = image_drift(project, service, container, state); !cause.empty()) return cause;
  if (auto cause = network_drift(project, service, container, state); !cause.empty()) return cause;
  if (auto cause = volume_drift(project, service, container, renewed); !cause.empty()) return cause;
  return shared_drift(service, container, state, renewed);
}

}  // namespace crstack::plan
