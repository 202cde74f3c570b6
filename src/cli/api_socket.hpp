// SPDX-License-Identifier: MIT
#pragma once

#include "crstack/base/environment.hpp"
#include "crstack/manifest/load.hpp"

namespace crstack::cli {

/// Gives services with `use_api_socket` the caller's credentials for registries, as a config, and the
/// variable DOCKER_CONFIG that leads to it (section "use_api_socket" of the specification's services).
void give_api_sockets(manifest::Loaded& loaded, const Environment& environment);

}  // namespace crstack::cli
