// SPDX-License-Identifier: MIT
#include "crstack/base/text.hpp"
#include "crstack/manifest/write.hpp"
#include "json.hpp"

namespace crstack::manifest {

namespace {

std::string hash(const Node& node, const keys::Shape& shape) {
  write::JsonWriter writer(Indentation::none, Dollars::as_they_are);
  return sha256_hex(writer.write(node, {nullptr, &shape}));
}

const keys::Shape& entry_shape(std::string_view section) {
  return *keys::manifest.find(section)->rule->values->shape;
}

}  // namespace

std::string service_hash_text(const Node& service) {
  static constexpr std::string_view hidden[] = {"build", "pull_policy", "scale", "depends_on", "profiles"};
  write::JsonWriter writer(Indentation::none, Dollars::as_they_are);
  writer.hide(hidden);
  const Node* deploy = service.find("deploy");
  if (!deploy || !deploy->find("replicas")) return writer.write(service, {nullptr, &keys::service});
  Node copy = service;
  copy.find("deploy")->as_map().erase("replicas");
  return writer.write(copy, {nullptr, &keys::service});
}

std::string service_hash(const Node& service) {
  return sha256_hex(service_hash_text(service));
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
