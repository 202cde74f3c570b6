// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crstack/base/shared.hpp"
#include "crstack/engine/engine.hpp"
#include "crstack/event/event.hpp"
#include "crstack/project/project.hpp"

namespace crstack::plan {

using StepId = std::uint32_t;

/// A container that may not exist yet: known by its name until the step that creates it has run.
struct ContainerRef {
  std::string service, name;
  std::string id;  ///< empty while it is still to be created
};

/// Whether crstack runs a service's health command itself while somebody waits for it.
enum class ProbePolicy { own, engine_only };

/// What a gate waits for. `running_or_healthy` is `up --wait`: healthy where the container has a health
/// check, else running; a container that is meant to end (restart policy `no`) may also have ended with 0.
enum class WaitFor { healthy, completed_successfully, running_or_healthy };

/// Where the engine probes within this time of the own probe's success, `--wait` ends with the engine's word,
/// so that who asks the engine next is told the same.
constexpr Duration agreement_time = std::chrono::seconds(2);

// One engine call each (a build or a pull: one stream). Gates are steps as well.
struct PullImage {
  std::string service, image, platform, policy;
  /// A failed pull is only a warning: the image is there already, or can be built.
  enum class OnFailure { fail, warn } on_failure = OnFailure::fail;
  enum class Buildable { no, yes } buildable = Buildable::no;  ///< yes: without a pull, it can be built
};
struct BuildImage {
  std::string service, image, platform;
  Shared<project::Build> build;
  enum class When { always, absent } when = When::always;  ///< absent: only where a pull before gave none
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
  std::string key, file;  ///< made with mode 0600, never overwritten
  int length = 32;        ///< characters
};
/// `replaces` is the ID of the container that this one takes the place of, or empty.
struct CreateContainer {
  ContainerRef container;
  Shared<engine::ContainerSpec> spec;
  std::string replaces;
  std::vector<std::string> environment_from;   ///< provider services whose variables join the environment
  std::string hash_text;                       ///< see `project::Service::hash_text`
  std::map<std::string, ContainerRef> shared;  ///< first containers of the services that it shares with
};
struct ConnectNetwork {
  ContainerRef container;
  std::string network;
  engine::EndpointSpec endpoint;
};
struct DisconnectNetwork {
  ContainerRef container;
  std::string network;
};
/// A file put into a container before it starts: a secret or config that is no file of the host.
struct InjectedFile {
  std::string path, content;
  int uid = 0, gid = 0;
  std::uint32_t mode = 0444;
};
struct CopyFiles {
  ContainerRef container;
  std::vector<InjectedFile> files;
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
  engine::Containers::Force force = engine::Containers::Force::no;
  engine::Containers::AnonymousVolumes volumes = engine::Containers::AnonymousVolumes::keep;
  std::vector<std::string> inherited = {};  ///< anonymous volumes that were carried over to it, to be removed
};
struct RemoveImage {
  std::string image;
};
struct RunHook {
  ContainerRef container;
  project::Hook hook;
  /// Of the last two, one that has nowhere to run (its container is paused, or has ended by itself) is passed
  /// over; `warn`: of a container that is replaced in any case.
  enum class OnFailure { fail, fail_if_run, warn } on_failure = OnFailure::fail;
};
struct RunProvider {
  std::string service, project;
  project::Provider provider;
  enum class Operation { up, down } operation = Operation::up;
};
/// Opens when every named container has reached the condition.
struct WaitForCondition {
  std::string service;
  WaitFor condition = WaitFor::healthy;
  std::vector<ContainerRef> containers;
  bool required = true;  ///< false: a failure is a warning, and what waits goes on
  ProbePolicy probe = ProbePolicy::own;
};

using Action = std::variant<PullImage, BuildImage, CreateNetwork, RemoveNetwork, CreateVolume, RemoveVolume,
                            GenerateSecret, CreateContainer, ConnectNetwork, DisconnectNetwork, CopyFiles,
                            RenameContainer, StartContainer, StopContainer, RestartContainer, KillContainer,
                            PauseContainer, UnpauseContainer, RemoveContainer, RemoveImage, RunHook,
                            RunProvider, WaitForCondition>;

/// What the user sees of a step. Several steps may share a line of progress (a recreation is create, stop,
/// remove, rename): the first has `before`, the last `after`. Gates have none: each container that is waited
/// for is shown by itself.
struct Display {
  event::Subject subject;
  std::optional<event::Activity> before, after;
};

/// One engine call (or gate) and why it is made.
struct Step {
  StepId id = 0;
  Action action;
  std::vector<StepId> depends_on;  ///< always smaller ids, sorted
  std::string cause;               ///< `image changed`
  std::optional<Display> display;
};

/// Steps in an order that respects their dependencies.
struct Plan {
  std::string project;
  std::vector<Step> steps;                 ///< the step with id N is at N-1
  std::vector<event::Progress> unchanged;  ///< what is already as it should be: shown, not done
  std::vector<std::string> warnings;
  [[nodiscard]] bool empty() const { return steps.empty(); }
};

/// One line a step: ` 3  create container app-web-1  after 1, 2  (not there)`. Stable; `--dry-run` prints it.
/// Holds no secret: of files that are copied in, only the paths.
std::string to_string(const Plan& plan);
/// One step without its number: `create container app-web-1`.
std::string to_string(const Action& action);
/// The service a step belongs to, or empty (networks, volumes, secrets).
std::string service_of(const Action& action);
/// Whether it is a pull or a build.
bool gets_image(const Action& action);

}  // namespace crstack::plan
