// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "crstack/plan/labels.hpp"
#include "crstack/plan/planners.hpp"

/// Projects and observed states in a few words, for tests of the planners.
namespace crstack::test {

struct Planning {
  project::Project project;
  plan::ObservedState state;

  Planning() {
    project.name = "app";
    project.working_dir = "/app";
    project.config_files = {"/app/compose.yaml"};
    network("default");
    state.project = "app";
    image("img:1", "sha256:one");
  }

  project::Network& network(const std::string& key) {
    auto& network = project.networks[key];
    network.key = key;
    network.name = "app_" + key;
    network.config_hash = "hash-" + key;
    return network;
  }
  project::Volume& volume(const std::string& key) {
    auto& volume = project.volumes[key];
    volume.key = key;
    volume.name = "app_" + key;
    volume.config_hash = "hash-" + key;
    return volume;
  }
  project::Service& service(const std::string& name) {
    auto& service = project.services[name];
    service.name = name;
    service.image = "img:1";
    service.config_hash = "hash-" + name;
    service.networks["default"] = {};
    return service;
  }
  void depends(const std::string& name, const std::string& on,
               project::Condition condition = project::Condition::started) {
    project.services.at(name).depends_on[on].condition = condition;
  }
  static project::Mount mount(const std::string& source, const std::string& target) {
    project::Mount mount;
    mount.type = "volume";
    mount.source = source;
    mount.target = target;
    return mount;
  }

  void image(const std::string& reference, const std::string& id) { state.images[reference].id = id; }
  void there(const project::Network& network) {
    engine::NetworkInfo info;
    info.id = "id-" + network.name;
    info.name = network.name;
    info.labels = {{plan::labels::project, "app"},
                   {plan::labels::network, network.key},
                   {plan::labels::config_hash, network.config_hash}};
    state.networks[network.name] = {info};
  }
  void there(const project::Volume& volume) {
    auto& info = state.volumes[volume.name];
    info.name = volume.name;
    info.labels = {{plan::labels::project, "app"},
                   {plan::labels::volume, volume.key},
                   {plan::labels::config_hash, volume.config_hash}};
  }
  /// A running container as the service says, with a made-up ID of twelve letters and more.
  plan::ObservedContainer& container(const std::string& service, int number = 1) {
    plan::ObservedContainer container;
    const std::string digit = std::to_string(state.containers.size() + 1);
    container.service = service;
    container.number = number;
    auto& summary = container.summary;
    summary.id = digit + "0123456789abcdef";
    summary.name = "app-" + service + "-" + std::to_string(number);
    summary.state = engine::ContainerState::running;
    summary.image_id = "sha256:one";
    summary.created = 100;
    summary.labels = {{plan::labels::project, "app"},
                      {plan::labels::service, service},
                      {plan::labels::container_number, std::to_string(number)},
                      {plan::labels::image, "sha256:one"}};
    if (const auto found = project.services.find(service); found != project.services.end()) {
      summary.labels[plan::labels::config_hash] = found->second.config_hash;
      for (const auto& [key, attachment] : found->second.networks) {
        summary.networks["app_" + key] = "id-app_" + key;
      }
    }
    state.containers.push_back(container);
    return state.containers.back();
  }
  /// Everything is as the project says, each service with one running container.
  void converged() {
    for (const auto& [key, network] : project.networks) there(network);
    for (const auto& [key, volume] : project.volumes) there(volume);
    for (const auto& [name, service] : project.services) {
      auto& one = container(name);
      for (const auto& mount : service.volumes) {
        engine::MountPoint point;
        point.type = "volume";
        point.name = mount.source.empty() ? "anonymous" : "app_" + mount.source;
        point.destination = mount.target;
        one.summary.mounts.push_back(point);
      }
    }
  }
  plan::ObservedContainer& of(const std::string& service) {
    for (auto& container : state.containers) {
      if (container.service == service) return container;
    }
    throw std::logic_error("no container of " + service);
  }
  [[nodiscard]] plan::Plan up(const plan::UpOptions& options = {}) const {
    return plan::plan_up(project, state, options);
  }
};

}  // namespace crstack::test
