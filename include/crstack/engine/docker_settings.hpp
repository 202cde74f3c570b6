// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include "crstack/base/environment.hpp"

namespace crstack::engine {

/// What the user's Docker configuration (`$DOCKER_CONFIG/config.json`, else `~/.docker/config.json`) says
/// beyond credentials and contexts. Empty where it says nothing.
struct DockerSettings {
  std::vector<std::string> plugin_directories;  ///< `cliPluginsExtraDirs`: looked into before all others
  std::string detach_keys;                      ///< `detachKeys`
  std::string problem;                          ///< why it is not made use of: which file, which line
};

DockerSettings docker_settings(const Environment& environment);

/// The path of one of docker's plugins (`docker-buildx`), where docker itself looks for it; empty where there
/// is none.
std::string find_plugin(const std::string& program, const Environment& environment);

/// A `config.json` with all the credentials that the user's has or its helpers know: a secret.
std::string credentials_file(const Environment& environment);

}  // namespace crstack::engine
