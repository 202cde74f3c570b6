// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <string>
#include <vector>

#include "crstack/manifest/node.hpp"

namespace crstack::manifest {

using Names = std::set<std::string, std::less<>>;

/// The named services and all that they depend on, by `depends_on` in its long form.
Names with_dependencies(const Node& services, const std::vector<std::string>& named);

/// Adds the profiles that services (a map of them) name.
void add_profiles(const Node& services, std::set<std::string>& names);

/// Takes the services out of the tree whose profiles are not active, and gives them as a map. A service
/// without profiles is always active; `*` activates all; naming a service activates its profiles (Compose
/// Specification, section "Profiles").
Node take_inactive(Node& tree, const std::vector<std::string>& asked, const std::vector<std::string>& named);

/// Whether a service has one of these profiles, or none at all.
bool has_profile(const Node& service, const std::vector<std::string>& profiles);

/// Removes networks, volumes, secrets and configs that no service of the tree uses.
void drop_unused(Node& tree);

}  // namespace crstack::manifest
