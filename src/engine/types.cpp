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

}  // namespace crstack::engine
