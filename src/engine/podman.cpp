// SPDX-License-Identifier: MIT
#include "engine/codec.hpp"
#include "engine/docker_engine_impl.hpp"

// Podman answers the Engine API with gaps; what fills them is only asked of a Podman.
namespace crstack::engine {

namespace {

/// Podman's own API, in the oldest version that it still speaks.
constexpr const char* own_list = "/v4.0.0/libpod/containers/json";

}  // namespace

/// Its container lists leave out health: its own API tells it.
void DockerEngine::complete_health(std::vector<ContainerSummary>& rows, const LabelFilter& labels) {
  HttpRequest request;
  request.method = "GET";
  request.target = std::string(own_list) + "?all=true";
  if (!labels.empty()) request.target += "&filters=" + url_encode(codec::encode_filters({{"label", labels}}));
  const auto answer = client_.send(request);
  if (answer.status != 200) return;
  const auto known = codec::decode_podman_health(answer.body);
  for (auto& row : rows) {
    const auto found = known.find(row.id);
    if (found == known.end() || found->second == Health::none) continue;
    row.health = found->second;
    if (row.state != ContainerState::running) continue;
    const bool starting = row.health == Health::starting;
    row.status += starting ? " (health: starting)" : " (" + std::string(to_string(row.health)) + ")";
  }
}

/// It gives a network's name where the Engine API gives its ID.
void DockerEngine::complete_networks(const std::vector<StringMap*>& containers) {
  std::map<std::string, std::string> ids;
  for (const auto& network : list_networks({})) ids[network.name] = network.id;
  for (auto* networks : containers)
    for (auto& [name, id] : *networks)
      if (const auto found = ids.find(id); found != ids.end()) id = found->second;
}

}  // namespace crstack::engine
