// SPDX-License-Identifier: MIT
#include "crstack/plan/container_spec.hpp"
#include "crstack/plan/labels.hpp"

namespace crstack::plan {
namespace {
std::string separator = "-";
}

const std::string& name_separator() {
  return separator;
}

void set_name_separator(const std::string& text) {
  separator = text;
}

std::string container_name(const project::Project& project, const project::Service& service, int number) {
  if (!service.container_name.empty()) return service.container_name;
  return project.name + separator + service.name + separator + std::to_string(number);
}

std::string image_name(const project::Project& project, const project::Service& service) {
  return service.image.empty() ? project.name + separator + service.name : service.image;
}

engine::ExecSpec exec_spec(const project::Hook& hook) {
  engine::ExecSpec spec;
  spec.command = hook.command;
  spec.user = hook.user;
  spec.working_dir = hook.working_dir;
  spec.privileged = hook.privileged;
  for (const auto& [name, value] : hook.environment)
    spec.environment.push_back(value ? name + "=" + *value : name);
  return spec;
}

engine::NetworkSpec network_spec(const project::Project& project, const project::Network& network) {
  engine::NetworkSpec spec;
  spec.name = network.name;
  spec.driver = network.driver;
  spec.driver_opts = network.driver_opts;
  spec.labels = network.labels;
  spec.labels[labels::network] = network.key;
  spec.labels[labels::project] = project.name;
  spec.labels[labels::version] = labels::version_value;
  spec.labels[labels::config_hash] = network.config_hash;
  spec.internal = network.internal;
  spec.attachable = network.attachable;
  spec.enable_ipv4 = network.enable_ipv4;
  spec.enable_ipv6 = network.enable_ipv6;
  spec.ipam_driver = network.ipam_driver;
  for (const auto& pool : network.ipam_pools) {
    spec.ipam_pools.push_back({pool.subnet, pool.gateway, pool.ip_range, pool.aux_addresses});
  }
  return spec;
}

engine::VolumeSpec volume_spec(const project::Project& project, const project::Volume& volume) {
  engine::VolumeSpec spec{volume.name, volume.driver, volume.driver_opts, volume.labels};
  spec.labels[labels::volume] = volume.key;
  spec.labels[labels::project] = project.name;
  spec.labels[labels::version] = labels::version_value;
  spec.labels[labels::config_hash] = volume.config_hash;
  return spec;
}

}  // namespace crstack::plan
