// SPDX-License-Identifier: MIT
#pragma once

#include "diagnostics.hpp"
#include "stages.hpp"

namespace crstack::manifest {

/// Checks that the parts of a normalised tree fit together: everything that a service refers to is defined,
/// no dependency goes round in a circle, no two keys contradict each other. `inactive` has the services that
/// profiles leave out, for better messages.
void check_consistency(const Node& tree, const Node& inactive, Diagnostics& diagnostics);

}  // namespace crstack::manifest
