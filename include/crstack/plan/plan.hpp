// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crstack/engine/spec.hpp"
#include "crstack/event/event.hpp"
#include "crstack/project/project.hpp"

namespace crstack::plan {

using StepId = std::uint32_t;

/// A container that may not exist yet: known by its name until the step that creates it has run.
struct ContainerRef {
  std::string service, name;
  std::string id;  ///< empty while it is still to be created
};

// One engine call each (a build or a pull: one stream). Gates are steps as well.
struct PullImage {
  std::string service, image, platform, policy;
};
struct BuildImage {
  std::string service, image;
};
struct CreateNetwork {
  std::string key;
  engine::NetworkSpec spec;
};
struct RemoveNetwork {
  std::string name, id;
};
struct CreateVolume {
  std::string key;
  engine::VolumeSpec spec;
};
struct RemoveVolume {
  std::string name;
};
struct GenerateSecret {
  std::string key, file;
  int length = 32;
};
struct CreateContainer {
  ContainerRef container;
  engine::ContainerSpec spec;
  std::string replaces;
};
struct ConnectNetwork {
  ContainerRef container;
  std::string network;
  engine::EndpointSpec endpoint;
};
struct RenameContainer {
  ContainerRef container;
  std::string to;
};
struct StartContainer {
  ContainerRef container;
};
struct StopContainer {
  ContainerRef container;
  std::optional<int> timeout_seconds;
};
struct RestartContainer {
  ContainerRef container;
  std::optional<int> timeout_seconds;
};
struct KillContainer {
  ContainerRef container;
  std::string signal;
};
struct PauseContainer {
  ContainerRef container;
};
struct UnpauseContainer {
  ContainerRef container;
};
struct RemoveContainer {
  ContainerRef container;
  bool force = false, volumes = false;
};
struct RemoveImage {
  std::string image;
};
struct RunHook {
  ContainerRef container;
  project::Hook hook;
};
struct RunProvider {
  std::string service, operation;
};
/// Opens when every named container has reached the condition.
struct WaitForCondition {
  std::string service;
  project::Condition condition = project::Condition::started;
  std::vector<ContainerRef> containers;
  bool required = true;
  std::optional<engine::HealthSpec> probe;  ///< crstack's own probe; nothing: the engine's only
};

using Action = std::variant<PullImage, BuildImage, CreateNetwork, RemoveNetwork, CreateVolume, RemoveVolume,
                            GenerateSecret, CreateContainer, ConnectNetwork, RenameContainer, StartContainer,
                            StopContainer, RestartContainer, KillContainer, PauseContainer, UnpauseContainer,
                            RemoveContainer, RemoveImage, RunHook, RunProvider, WaitForCondition>;

/// One engine call (or gate) and why it is made.
struct Step {
  StepId id = 0;
  Action action;
  std::vector<StepId> depends_on;  ///< always smaller ids
  std::string cause;               ///< `service web: image changed`
};

/// Steps in an order that respects their dependencies.
struct Plan {
  std::vector<Step> steps;
  std::vector<event::Progress> unchanged;  ///< what is already as it should be: shown, not done
  std::vector<std::string> warnings;
  [[nodiscard]] bool empty() const { return steps.empty(); }
};

/// One line a step: `3  create container app-web-1  after 1, 2  (service web: not there)`. Stable;
/// `--dry-run` prints it.
std::string to_string(const Plan& plan);

}  // namespace crstack::plan
