// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "crstack/manifest/node.hpp"
#include "crstack/plan/plan.hpp"

namespace crstack::cli {

/// What a transformation is told of a service besides its manifest.
struct BridgeService {
  std::string image;                       ///< the one that it runs, also where it is built without a name
  std::vector<std::string> exposed_ports;  ///< of that image: `80/tcp`
};

/// The model that `bridge convert` hands to transformations: `resolved`, with the images' names and ports,
/// with the contents of configs and secrets that are files, and with the `env_file`s that `unresolved` still
/// has. `read` gives a file's contents.
manifest::Node bridge_model(const manifest::Node& resolved, const manifest::Node& unresolved,
                            const std::function<BridgeService(const std::string& service)>& known,
                            const std::function<std::string(const std::string& path)>& read);

/// An image that isn't there: a service's, or a transformation (no service).
struct MissingImage {
  std::string image, service, platform;
};

plan::Plan plan_bridge_pulls(const std::string& project, const std::vector<MissingImage>& missing);

}  // namespace crstack::cli
