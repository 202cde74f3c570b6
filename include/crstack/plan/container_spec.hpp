// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "crstack/engine/spec.hpp"
#include "crstack/plan/plan.hpp"
#include "crstack/project/project.hpp"

namespace crstack::plan {

/// Which of a service's containers is meant, and what the engine brings to it.
struct ContainerIdentity {
  std::string name;  ///< the container's
  int number = 1;
  std::string image_id;  ///< for the label `image`; empty: not known yet
  std::string slug;      ///< not empty: a one-off container of `run`
  std::string replaces;  ///< name of the container it takes the place of
  int api_version = 1041;
  /// Finds the container that stands for `service:NAME` in network_mode, ipc, pid and volumes_from, and for
  /// `links`: all its containers' names. May name containers that are still to be created.
  std::function<std::vector<std::string>(const std::string& service)> containers_of;
};

/// What it takes to make a container: the request, further networks to connect to (below API 1.44 a create
/// takes only one), and files to put in before it starts.
struct ContainerRecipe {
  engine::ContainerSpec spec;
  std::vector<engine::EndpointSpec> connect;
  std::vector<InjectedFile> files;
};

/// A service's container as a request to the engine: every field of the service, names and labels as docker
/// compose writes them. Throws PlanError for what can't be expressed.
ContainerRecipe container_recipe(const project::Project& project, const project::Service& service,
                                 const ContainerIdentity& identity);

/// `<project>-<service>-<number>`, or the service's container_name.
std::string container_name(const project::Project& project, const project::Service& service, int number);
/// The image a service runs: its own, or `<project>-<service>` where it is built without a name.
std::string image_name(const project::Project& project, const project::Service& service);

engine::NetworkSpec network_spec(const project::Project& project, const project::Network& network);
engine::VolumeSpec volume_spec(const project::Project& project, const project::Volume& volume);

}  // namespace crstack::plan
