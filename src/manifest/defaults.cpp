// SPDX-License-Identifier: MIT
#include "stages.hpp"

namespace crstack::manifest {

namespace {

void set_default(Node& map, const char* key, Node value) {
  if (map.is_map() && !map.find(key)) {
    value.mark = map.mark;
    map.set(key, std::move(value));
  }
}

void each_map(Node* list, void (*visit)(Node&)) {
  if (!list || !list->is_list()) return;
  for (Node& item : list->as_list())
    if (item.is_map()) visit(item);
}

Node* find(Node& node, std::initializer_list<const char*> keys) {
  Node* at = &node;
  for (const char* key : keys) {
    at = at->find(key);
    if (!at) return nullptr;
  }
  return at;
}

void default_port(Node& port) {
  set_default(port, "protocol", Node::string("tcp"));
  set_default(port, "mode", Node::string("ingress"));
}

void default_secret(Node& secret) {
  const std::string source(secret.text("source"));
  set_default(secret, "target", Node::string("/run/secrets/" + source));
}

void default_device_request(Node& request) {
  if (!request.find("device_ids")) set_default(request, "count", Node::string("all"));
}

void default_service(Node& service) {
  if (Node* build = service.find("build")) set_default(*build, "context", Node::string("."));
  each_map(service.find("ports"), default_port);
  each_map(service.find("secrets"), default_secret);
  each_map(service.find("gpus"), default_device_request);
  each_map(find(service, {"deploy", "resources", "reservations", "devices"}), default_device_request);
}

}  // namespace

void apply_defaults(Node& tree, Diagnostics&) {
  Node* services = tree.find("services");
  if (!services || !services->is_map()) return;
  for (Map::Entry& entry : services->as_map())
    if (entry.value.is_map()) default_service(entry.value);
}

}  // namespace crstack::manifest
