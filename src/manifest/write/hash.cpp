// SPDX-License-Identifier: MIT
#include <algorithm>

#include "crstack/base/text.hpp"
#include "crstack/manifest/write.hpp"
#include "json.hpp"

namespace crstack::manifest {

namespace {

std::string hash(const Node& node, const keys::Shape& shape) {
  write::JsonWriter writer(write::Indentation::none, Dollars::as_they_are);
  return sha256_hex(writer.write(node, {nullptr, &shape}));
}

const keys::Shape& entry_shape(std::string_view section) {
  return *keys::manifest.find(section)->rule->values->shape;
}

}  // namespace

std::string service_hash(const Node& service) {
  Node copy = service;
  for (const char* key : {"build", "pull_policy", "scale", "depends_on", "profiles"})
    copy.as_map().erase(key);
  if (Node* deploy = copy.find("deploy"); deploy && deploy->is_map()) deploy->as_map().erase("replicas");
  return hash(copy, keys::service);
}

std::string network_hash(const Node& network) {
  return hash(network, entry_shape("networks"));
}

std::string volume_hash(const Node& volume) {
  Node copy = volume;
  if (copy.text("driver").empty()) copy.set("driver", Node::string("local"));
  return hash(copy, entry_shape("volumes"));
}

}  // namespace crstack::manifest
