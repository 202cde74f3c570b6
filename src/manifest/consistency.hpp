// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <string>

#include "diagnostics.hpp"
#include "stages.hpp"

namespace crstack::manifest {

/// What errors have kept out of a tree, so that what is missing there is no news.
struct Unfinished {
  std::set<std::string> services{};  ///< those that may lack what another one would have given them
  bool files = false;                ///< whole files: what they define is unknown
};

/// Checks that the parts of a normalised tree fit together: everything that a service refers to is defined,
/// no dependency goes round in a circle, no two keys contradict each other. `inactive` has the services that
/// profiles leave out, for better messages.
void check_consistency(const Node& tree, const Node& inactive, const Context& context,
                       Diagnostics& diagnostics, const Unfinished& unfinished = {});

/// The part of it that looks for dependencies that go round in a circle, and draws them.
void check_cycles(const Node& services, Diagnostics& diagnostics);

/// Where an entry stands: its key, or its value where a short form has no key.
Mark place_of(const Map::Entry& entry);

}  // namespace crstack::manifest
