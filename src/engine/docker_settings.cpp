// SPDX-License-Identifier: MIT
#include "crstack/engine/docker_settings.hpp"

#include <unistd.h>

#include "crstack/base/file.hpp"
#include "engine/docker_config.hpp"
#include "engine/json.hpp"

namespace crstack::engine {

DockerSettings docker_settings(const Environment& environment) {
  const auto text = read_if_there(config_directory(environment) + "/config.json");
  const auto config = json::Json::parse(text, nullptr, false);
  return {json::list(config, "cliPluginsExtraDirs"), json::text(config, "detachKeys")};
}

std::string find_plugin(const std::string& program, const Environment& environment) {
  auto directories = docker_settings(environment).plugin_directories;
  directories.push_back(config_directory(environment) + "/cli-plugins");
  for (const std::string root : {"/usr/local/lib", "/usr/local/libexec", "/usr/lib", "/usr/libexec"})
    directories.push_back(root + "/docker/cli-plugins");
  for (const auto& directory : directories)
    if (auto path = directory + "/" + program; ::access(path.c_str(), X_OK) == 0) return path;
  return {};
}

}  // namespace crstack::engine
