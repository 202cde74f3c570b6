// SPDX-License-Identifier: MIT
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "crstack/engine/docker_engine.hpp"

extern char** environ;

namespace crstack::test {

using namespace std::chrono_literals;

/// The engine that DOCKER_HOST names, and what a test made on it: removed at the end.
class RealEngine {
 public:
  RealEngine() : engine(engine::connect(engine::find_host({}, environment()), environment())) {}
  ~RealEngine() {
    for (const auto& id : containers)
      engine->remove_container(id, engine::Containers::Force::yes,
                               engine::Containers::AnonymousVolumes::remove);
    for (const auto& id : networks) engine->remove_network(id);
    for (const auto& name : volumes) engine->remove_volume(name, engine::Containers::Force::no);
    for (const auto& name : images) engine->remove_image(name, engine::Containers::Force::yes);
  }
  RealEngine(const RealEngine&) = delete;
  RealEngine& operator=(const RealEngine&) = delete;

  static std::map<std::string, std::string> environment() {
    std::map<std::string, std::string> result;
    for (char** entry = environ; *entry != nullptr; ++entry) {
      const std::string text = *entry;
      result[text.substr(0, text.find('='))] = text.substr(text.find('=') + 1);
    }
    return result;
  }
  /// A name of this process's own.
  static std::string name(const std::string& what) {
    return "crstack-api-" + std::to_string(::getpid()) + "-" + what;
  }
  static engine::ContainerSpec spec(const std::string& what, const std::string& script) {
    engine::ContainerSpec result;
    result.name = name(what);
    result.image = "busybox:local";
    result.command = engine::StringList{"sh", "-c", script};
    result.labels = {{"crstack.test", std::to_string(::getpid())}, {"what", what}};
    result.stop_timeout = 1;
    return result;
  }
  std::string create(const engine::ContainerSpec& spec) {
    std::vector<std::string> warnings;
    containers.push_back(engine->create_container(spec, warnings));
    return containers.back();
  }
  std::string run(const std::string& what, const std::string& script) {
    const auto id = create(spec(what, script));
    engine->start_container(id);
    return id;
  }
  /// A Podman: what it does otherwise is its own business, and stands in the tests.
  [[nodiscard]] bool podman() const { return engine->version().podman; }
  static engine::LabelFilter mine() { return {"crstack.test=" + std::to_string(::getpid())}; }

  std::unique_ptr<engine::Engine> engine;
  std::vector<std::string> containers, networks, volumes, images;
};

}  // namespace crstack::test
