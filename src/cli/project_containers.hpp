// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "crstack/engine/engine.hpp"

namespace crstack::cli {

/// Containers that `run` made.
enum class OneOffs { leave, include };

/// A project's containers, sorted by name.
std::vector<engine::ContainerSummary> project_containers(engine::Engine& engine, const std::string& project,
                                                         engine::Containers::Which which, OneOffs one_offs);

/// A container's label, or empty.
const std::string& label_of(const engine::ContainerSummary& container, const std::string& key);
const std::string& service_of(const engine::ContainerSummary& container);

/// The container of a service by its number (`--index`, from 1), without one the lowest, or else what `run`
/// made. Throws Error where there is none.
engine::ContainerSummary container_of(engine::Engine& engine, const std::string& project,
                                      const std::string& service, int index,
                                      engine::Containers::Which which = engine::Containers::Which::running);

/// Whether a container whose end was told goes on: the engine restarts it. One that can't be looked at
/// doesn't: it is gone, or the engine is, which whoever hears its events gets to know.
bool lives_on(engine::Engine& engine, const std::string& id);

/// `127.0.0.1:8080->80/tcp, 443/tcp`, as `ps` shows published and exposed ports: consecutive ones as a range.
std::string shown_ports(std::vector<engine::PublishedPort> ports);

}  // namespace crstack::cli
