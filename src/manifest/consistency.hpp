// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <string>

#include "diagnostics.hpp"
#include "stages.hpp"

namespace crstack::manifest {

/// Checks that the parts of a normalised tree fit together: everything that a service refers to is defined,
/// no dependency goes round in a circle, no two keys contradict each other. `inactive` has the services that
/// profiles leave out, for better messages; `unfinished` names services that may lack what another one, which
/// could not be extended, would have given them.
void check_consistency(const Node& tree, const Node& inactive, Diagnostics& diagnostics,
                       const std::set<std::string>& unfinished = {});

}  // namespace crstack::manifest
