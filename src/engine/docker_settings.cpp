// SPDX-License-Identifier: MIT
#include "crstack/engine/docker_settings.hpp"

#include <unistd.h>

#include "engine/docker_config.hpp"

namespace crstack::engine {

DockerSettings docker_settings(const Environment& environment) {
  DockerSettings settings;
  const auto config = load_config(environment, &settings.problem);
  settings.plugin_directories = json::list(config, "cliPluginsExtraDirs");
  settings.detach_keys = json::text(config, "detachKeys");
  return settings;
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
