// SPDX-License-Identifier: MIT
#pragma once

#include "crstack/manifest/node.hpp"
#include "diagnostics.hpp"
#include "template.hpp"

namespace crstack::manifest {

/// Replaces variables in all texts of the tree (values, not keys), then gives texts of the keys that hold
/// numbers or booleans their kind back. Errors: a wrong expression, a required variable without a value, a
/// text that is no number where the key asks for one. A variable that is not set is a warning.
void interpolate(Node& tree, const Lookup& lookup, Diagnostics& diagnostics);

}  // namespace crstack::manifest
