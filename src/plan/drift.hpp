// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <string>

#include "crstack/plan/observed_state.hpp"
#include "crstack/plan/planners.hpp"

namespace crstack::plan {

/// What will be another one after this plan: attachments to it don't count as there.
struct Renewed {
  std::set<std::string> volumes;   ///< keys in the manifest
  std::set<std::string> services;  ///< with a container that is recreated
};

/// Why a container must be made anew, in a few words; empty: it need not.
std::string drift(const project::Project& project, const project::Service& service,
                  const ObservedContainer& container, const ObservedState& state, const Renewed& renewed);

/// Services whose namespaces or volumes a service shares (`service:NAME`, volumes_from).
std::set<std::string> shared_with(const project::Service& service);

/// The containers that it names itself in their stead (`container:NAME`).
std::set<std::string> joined_containers(const project::Service& service);

/// The one of the engine's networks that the project means by a name: its own first. Null: none.
const engine::NetworkInfo* find_network(const ObservedState& state, const std::string& project,
                                        const project::Network& network);
/// Whether what has these labels was made from another configuration than the one with this hash.
bool is_changed(const engine::StringMap& labels, const std::string& config_hash);

bool is_on(const ObservedContainer& container, const engine::NetworkInfo& network);
/// Whether one of the project's containers is on the network.
bool has_containers(const ObservedState& state, const engine::NetworkInfo& network);

}  // namespace crstack::plan
