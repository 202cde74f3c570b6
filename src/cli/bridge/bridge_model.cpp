// SPDX-License-Identifier: MIT
#include "cli/bridge/bridge_model.hpp"

#include <algorithm>

#include "plan/plan_builder.hpp"

namespace crstack::cli {
namespace {

using manifest::Map;
using manifest::Node;

/// The ports that the service exposes or publishes, and those of its image; without their protocols.
Node exposed(const Node& service, const std::vector<std::string>& of_image) {
  Node all = Node::list();
  const auto add = [&](const std::string& port) {
    const auto& known = all.as_list();
    const auto same = [&](const Node& one) { return one.as_string() == port; };
    if (std::none_of(known.begin(), known.end(), same)) all.push(Node::string(port));
  };
  if (const Node* own = service.find("expose"))
    for (const Node& port : own->as_list()) add(port.scalar_text());
  if (const Node* ports = service.find("ports"))
    for (const Node& port : ports->as_list())
      if (const Node* target = port.find("target")) add(target->scalar_text());
  for (const auto& port : of_image) add(port.substr(0, port.find('/')));
  return all;
}

void complete_service(Node& service, const BridgeService& known, const Node* unresolved) {
  if (!known.image.empty()) service.set("image", Node::string(known.image));
  if (auto ports = exposed(service, known.exposed_ports); !ports.as_list().empty())
    service.set("expose", std::move(ports));
  const Node* files = unresolved != nullptr ? unresolved->find("env_file") : nullptr;
  if (files != nullptr) service.set("env_file", *files);
}

void fill_in_contents(Node* resources, const std::function<std::string(const std::string&)>& read) {
  if (resources == nullptr || !resources->is_map()) return;
  for (Map::Entry& entry : resources->as_map())
    if (const auto file = std::string(entry.value.text("file")); !file.empty())
      entry.value.set("content", Node::string(read(file)));
}

}  // namespace

Node bridge_model(const Node& resolved, const Node& unresolved,
                  const std::function<BridgeService(const std::string& service)>& known,
                  const std::function<std::string(const std::string& path)>& read) {
  Node model = resolved;
  const Node* others = unresolved.find("services");
  if (Node* section = model.find("services"))
    for (Map::Entry& entry : section->as_map())
      complete_service(entry.value, known(entry.key), others != nullptr ? others->find(entry.key) : nullptr);
  for (const char* section : {"configs", "secrets"}) fill_in_contents(model.find(section), read);
  return model;
}

plan::Plan plan_bridge_pulls(const std::string& project, const std::vector<MissingImage>& missing) {
  plan::PlanBuilder builder(project);
  for (const auto& [image, service, platform] : missing) {
    const event::Subject subject{event::ResourceKind::image, service.empty() ? image : service, service};
    builder.add(plan::PullImage{service, image, platform, "missing"}, {}, "not there",
                plan::show(subject, event::Activity::pulling, event::Activity::pulled));
  }
  return builder.finish();
}

}  // namespace crstack::cli
