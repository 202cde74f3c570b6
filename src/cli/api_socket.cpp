// SPDX-License-Identifier: MIT
#include "cli/api_socket.hpp"

#include "cli/given_service.hpp"
#include "crstack/engine/docker_settings.hpp"
#include "crstack/manifest/node.hpp"

namespace crstack::cli {
namespace {

using manifest::Node;

constexpr const char* config_name = "#apisocket";
constexpr const char* directory = "/run/secrets/docker";
constexpr const char* socket = "/var/run/docker.sock";

Node map_of(std::initializer_list<std::pair<const char*, const char*>> entries) {
  Node map = Node::map();
  for (const auto& [key, value] : entries) map.set(key, Node::string(value));
  return map;
}

Node& list_in(Node& service, const char* key) {
  Node* list = service.find(key);
  return list ? *list : service.set(key, Node::list());
}

/// The service as docker compose hashes it: with all that it is given.
Node given(Node service) {
  Node& environment = environment_of(service);
  if (!environment.find("DOCKER_CONFIG")) environment.set("DOCKER_CONFIG", Node::string(directory));
  list_in(service, "volumes").push(map_of({{"type", "bind"}, {"source", socket}, {"target", socket}}));
  const std::string target = std::string(directory) + "/config.json";
  list_in(service, "configs").push(map_of({{"source", config_name}, {"target", target.c_str()}}));
  return service;
}

void give(project::Service& service, const Node& node) {
  service.environment.try_emplace("DOCKER_CONFIG", directory);
  service.configs.push_back({config_name, std::string(directory) + "/config.json", "", "", {}});
  rehash(service, given(node));
}

}  // namespace

void give_api_sockets(manifest::Loaded& loaded, const Environment& environment) {
  bool wanted = false;
  auto& project = loaded.project.edit();
  const Node* services = loaded.model->find("services");
  for (auto& [name, service] : project.services) {
    const Node* node = service.use_api_socket && services ? services->find(name) : nullptr;
    if (!node) continue;
    wanted = true;
    give(service, *node);
  }
  if (!wanted) return;
  auto& config = project.configs[config_name];
  config.key = config.name = config_name;
  config.content = engine::credentials_file(environment);
}

}  // namespace crstack::cli
