// SPDX-License-Identifier: MIT
#pragma once

#include "crstack/manifest/node.hpp"
#include "crstack/project/service.hpp"

/// Services that are given more than their manifest says: by providers, or with the API socket.
namespace crstack::cli {

/// The environment in a service's canonical form, made where there is none.
manifest::Node& environment_of(manifest::Node& service);

/// Hashes a service anew, as docker compose does: by its canonical form with all that it is given.
void rehash(project::Service& service, const manifest::Node& given);

}  // namespace crstack::cli
