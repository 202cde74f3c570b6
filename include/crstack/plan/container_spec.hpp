// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "crstack/engine/spec.hpp"
#include "crstack/plan/plan.hpp"
#include "crstack/project/project.hpp"

namespace crstack::plan {

/// Whether a container answers to its service's name and aliases; those of `run` do only if asked to.
enum class NetworkAliases { all, own_name };

/// Which of a service's containers is meant, and what the engine brings to it.
struct ContainerIdentity {
  std::string name;            ///< the container's
  std::string temporary_name;  ///< the name it is made under, where another container still has `name`
  int number = 1;
  std::string image_id;  ///< for the label `image`; empty: not known yet
  std::string slug;      ///< not empty: a one-off container of `run`
  NetworkAliases aliases = NetworkAliases::all;
  int api_version = 1041;
  /// All containers of a service, for `service:NAME` in network_mode, ipc, pid and volumes_from, and for
  /// `links`: by name, also those that are still to be created.
  std::function<std::vector<std::string>(const std::string& service)> containers_of;
  std::vector<engine::MountPoint> inherited;  ///< anonymous volumes of the container that it replaces
};

/// What it takes to make a container: the request, further networks to connect to (below API 1.44 a create
/// takes only one), and files to put in before it starts.
struct ContainerRecipe {
  engine::ContainerSpec spec;
  std::vector<engine::EndpointSpec> connect;
  std::vector<InjectedFile> files;
  std::vector<std::string> warnings;  ///< what this engine or a container can't do
};

/// A service's container as a request to the engine: every field of the service, names and labels as docker
/// compose writes them. Throws PlanError for what can't be expressed.
ContainerRecipe container_recipe(const project::Project& project, const project::Service& service,
                                 const ContainerIdentity& identity);

/// What stands between the parts of container and image names: `-`.
const std::string& name_separator();
/// `_` for `--compatibility`. Set once, before anything is planned.
void set_name_separator(const std::string& text);
/// `<project>-<service>-<number>`, or the service's container_name.
std::string container_name(const project::Project& project, const project::Service& service, int number);
/// The image a service runs: its own, or `<project>-<service>` where it is built without a name.
std::string image_name(const project::Project& project, const project::Service& service);

/// The platform that a service's image is pulled for and that it runs on: its own, else what
/// DOCKER_DEFAULT_PLATFORM says; empty: the engine's choice.
std::string platform_of(const project::Project& project, const project::Service& service);

/// A hook's command as a request to run it.
engine::ExecSpec exec_spec(const project::Hook& hook);

engine::NetworkSpec network_spec(const project::Project& project, const project::Network& network);
engine::VolumeSpec volume_spec(const project::Project& project, const project::Volume& volume);

}  // namespace crstack::plan
