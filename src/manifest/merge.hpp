// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crstack/manifest/node.hpp"
#include "diagnostics.hpp"

namespace crstack::manifest {

/// Merges `later` over `earlier`, key by key (Compose Specification, section "Merge and override"): maps are
/// merged, lists appended, everything else replaced; `command` and the like have rules of their own. A value
/// that can't go over what is there (a list over a map) is an error.
void merge_trees(Node& earlier, Node later, Diagnostics& diagnostics);

/// The same for one service, as `extends` needs it.
void merge_service(Node& earlier, Node later, Diagnostics& diagnostics);

/// Removes from lists of services, networks and builds what a later item of the same list redefines: ports of
/// the same address, mounts of the same target, variables of the same name.
void drop_redefined(Node& tree);

/// Whether docker compose writes the list at this path (of keys, from the top) anew when it looks for
/// redefined items.
bool has_unique_items(std::span<const std::string_view> path);

/// Removes empty items that a list may have where a variable was empty (`dns`).
void drop_empty(Node& tree);

/// Removes the values at `paths` (from `!reset` and `!override`); `*` doesn't match, lists are left alone.
void clear_paths(Node& tree, const std::vector<std::vector<std::string>>& paths);

}  // namespace crstack::manifest
