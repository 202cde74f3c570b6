// SPDX-License-Identifier: MIT
#include "crstack/engine/docker_settings.hpp"

#include "engine/docker_config.hpp"
#include "engine/json.hpp"

namespace crstack::engine {

DockerSettings docker_settings(const Environment& environment) {
  const auto text = read_file(config_directory(environment) + "/config.json");
  const auto config = json::Json::parse(text, nullptr, false);
  return {json::list(config, "cliPluginsExtraDirs"), json::text(config, "detachKeys")};
}

}  // namespace crstack::engine
