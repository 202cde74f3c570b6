// SPDX-License-Identifier: MIT
#include <algorithm>

#include "crstack/base/text.hpp"
#include "crstack/plan/labels.hpp"
#include "crstack/plan/observed_state.hpp"

namespace crstack::plan {

namespace {

/// `db:service_healthy:true`
void read_dependency(const std::string& entry, std::map<std::string, project::Dependency>& into) {
  const auto parts = split(entry, ':');
  if (parts.empty() || parts[0].empty()) return;
  auto& dependency = into[parts[0]];
  dependency.required = false;
  const std::string condition = parts.size() > 1 ? parts[1] : "";
  if (condition == "service_healthy") dependency.condition = project::Condition::healthy;
  if (condition == "service_completed_successfully") {
    dependency.condition = project::Condition::completed_successfully;
  }
  dependency.restart = parts.size() > 2 && parts[2] == "true";
}

void read_service(const ObservedContainer& container, project::Service& service) {
  service.name = container.service;
  service.image = container.summary.image;
  service.config_hash = container.label(labels::config_hash);
  for (const auto& entry : split(container.label(labels::depends_on), ',')) {
    read_dependency(entry, service.depends_on);
  }
}

}  // namespace

project::Project project_from_labels(const ObservedState& state) {
  project::Project project;
  project.name = state.project;
  std::map<std::string, int> count;
  for (const auto& container : state.containers) {
    if (container.service.empty()) continue;
    read_service(container, project.services[container.service]);
    project.services[container.service].scale = ++count[container.service];
    project.working_dir = container.label(labels::working_dir);
  }
  for (const auto& [name, networks] : state.networks) {
    for (const auto& network : networks) {
      if (value_of(network.labels, labels::project) != state.project) continue;
      const auto& key = value_of(network.labels, labels::network);
      const auto& id = key.empty() ? name : key;
      project.networks[id].key = id;
      project.networks[id].name = name;
    }
  }
  for (const auto& [name, volume] : state.volumes) {
    if (value_of(volume.labels, labels::project) != state.project) continue;
    const auto& key = value_of(volume.labels, labels::volume);
    const auto& id = key.empty() ? name : key;
    project.volumes[id].key = id;
    project.volumes[id].name = name;
  }
  return project;
}

}  // namespace crstack::plan
