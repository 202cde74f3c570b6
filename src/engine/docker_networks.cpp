// SPDX-License-Identifier: MIT
#include "engine/codec.hpp"
#include "engine/docker_engine_impl.hpp"

namespace crstack::engine {

std::vector<NetworkInfo> DockerEngine::list_networks(const LabelFilter& labels) {
  return codec::decode_networks(get("/networks", label_query(labels)));
}

std::optional<NetworkInfo> DockerEngine::inspect_network(const std::string& name) {
  const auto body = find("/networks/" + url_encode(name));
  return body ? std::optional(codec::decode_network(*body)) : std::nullopt;
}

std::string DockerEngine::create_network(const NetworkSpec& spec) {
  return codec::decode_id(post("/networks/create", {}, codec::encode_network(spec, api_version())));
}

bool DockerEngine::remove_network(const std::string& id) {
  return erase("/networks/" + url_encode(id), {});
}

void DockerEngine::connect_network(const std::string& network, const std::string& container,
                                   const EndpointSpec& endpoint) {
  post("/networks/" + url_encode(network) + "/connect", {},
       codec::encode_connect(container, endpoint, api_version()));
}

void DockerEngine::disconnect_network(const std::string& network, const std::string& container, Force force) {
  post("/networks/" + url_encode(network) + "/disconnect", {},
       codec::encode_disconnect(container, force == Force::yes));
}

std::vector<VolumeInfo> DockerEngine::list_volumes(const LabelFilter& labels) {
  return codec::decode_volumes(get("/volumes", label_query(labels)));
}

std::optional<VolumeInfo> DockerEngine::inspect_volume(const std::string& name) {
  const auto body = find("/volumes/" + url_encode(name));
  return body ? std::optional(codec::decode_volume(*body)) : std::nullopt;
}

void DockerEngine::create_volume(const VolumeSpec& spec) {
  post("/volumes/create", {}, codec::encode_volume(spec));
}

bool DockerEngine::remove_volume(const std::string& name, Force force) {
  return erase("/volumes/" + url_encode(name), force == Force::yes ? Query{{"force", "1"}} : Query{});
}

}  // namespace crstack::engine
