// SPDX-License-Identifier: MIT
#include "crstack/engine/types.hpp"

namespace crstack::engine {

const char* to_string(ContainerState state) {
  switch (state) {
    case ContainerState::created:
      return "created";
    case ContainerState::running:
      return "running";
    case ContainerState::paused:
      return "paused";
    case ContainerState::restarting:
      return "restarting";
    case ContainerState::removing:
      return "removing";
    case ContainerState::exited:
      return "exited";
    case ContainerState::dead:
      return "dead";
  }
  return "";
}

const char* to_string(Health health) {
  switch (health) {
    case Health::none:
      return "none";
    case Health::starting:
      return "starting";
    case Health::healthy:
      return "healthy";
    case Health::unhealthy:
      return "unhealthy";
  }
  return "";
}

std::string without_default_registry(std::string name) {
  constexpr std::string_view folder = "library/";
  for (const std::string_view registry : {"docker.io/", "index.docker.io/"})
    if (name.starts_with(registry)) name.erase(0, registry.size());
  if (name.starts_with(folder) && name.find('/', folder.size()) == std::string::npos)
    name.erase(0, folder.size());
  return name;
}

}  // namespace crstack::engine
