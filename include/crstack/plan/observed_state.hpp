// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crstack/engine/engine.hpp"
#include "crstack/project/project.hpp"

namespace crstack::plan {

/// A container of the project, as the list shows it, with what its labels say.
struct ObservedContainer {
  engine::ContainerSummary summary;
  std::string service;
  int number = 0;        ///< `container-number`; 0 for a one-off
  bool oneoff = false;   ///< made by `run`
  std::string replaces;  ///< not empty: half a recreation, this one was to take the place of that container
  [[nodiscard]] const std::string& id() const { return summary.id; }
  [[nodiscard]] const std::string& name() const { return summary.name; }
  [[nodiscard]] const std::string& label(const std::string& key) const;  ///< empty where there is none
  [[nodiscard]] bool running() const;                                    ///< running, paused or restarting
};

/// What the engine had of a project when it was asked. A value; grows stale as soon as it is made.
struct ObservedState {
  std::string project;
  std::vector<ObservedContainer> containers;  ///< of services; by service, then number
  std::vector<ObservedContainer> oneoffs;
  std::map<std::string, std::vector<engine::NetworkInfo>> networks;  ///< all of the engine's, by name
  std::map<std::string, engine::VolumeInfo> volumes;                 ///< all of the engine's, by name
  /// By the reference that a service gives; absent: not there. Only what a list shows, unless it had to be
  /// inspected (see `inspected_images`).
  std::map<std::string, engine::ImageDetails> images;
  std::set<std::string> inspected_images;  ///< references whose details are complete
  std::set<std::string> present_files;     ///< those of the project's secret and config files that exist
  engine::WallTime now;                    ///< for pull policies by age
  int api_version = 1041;
  engine::RemovalOrder removal_order = engine::RemovalOrder::any;
  bool swarm_node = false;  ///< asked only where an external network is not there: a swarm may have it

  [[nodiscard]] std::vector<const ObservedContainer*> of_service(const std::string& service) const;
};

/// What to look at. Listing needs one engine call a kind, however many there are.
struct ObserveOptions {
  enum class Depth {
    containers,  ///< containers only: stop, start, kill, …
    resources,   ///< also networks and volumes: down
    everything   ///< also images and the host's secret files: up, create
  } depth = Depth::everything;
};

/// Asks the engine for everything that planning needs. Throws EngineError.
ObservedState observe(engine::Engine& engine, const std::string& project_name, ObserveOptions options,
                      const Clock& clock);
/// The same for a manifest: knows which images and files matter.
ObservedState observe(engine::Engine& engine, const project::Project& project, ObserveOptions options,
                      const Clock& clock);

/// The labels by which a project's containers are known. What has no config hash was given its labels by
/// hand, to be shown in a group, say, or by another tool: it belongs to no project.
engine::LabelFilter labels_of_containers(const std::string& project);

/// The project as the labels of its containers, networks and volumes tell it, for commands that work without
/// a manifest: names, dependencies, scale.
project::Project project_from_labels(const ObservedState& state);

}  // namespace crstack::plan
