// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "crstack/manifest/node.hpp"
#include "manifest/diagnostics.hpp"

namespace crstack::manifest {

/// Makes the relative paths of a canonical tree start from `base` (absolute, or relative to another tree's
/// base);
/// `~` becomes `home`, or stays and is warned of where that is empty. Addresses of remote build contexts and
/// named contexts stay as they are (Compose Specification, "Relative path resolution" of include and
/// extends).
void resolve_paths(Node& tree, const std::string& base, const std::string& home, Diagnostics& diagnostics);

/// Whether a build context or a file name means something on the network.
bool is_remote(std::string_view path);

}  // namespace crstack::manifest
