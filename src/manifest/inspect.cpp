// SPDX-License-Identifier: MIT
#include "crstack/manifest/inspect.hpp"

#include <map>
#include <set>

#include "crstack/base/text.hpp"
#include "crstack/manifest/node.hpp"
#include "profiles.hpp"
#include "template.hpp"

namespace crstack::manifest {

namespace {

void collect(const Node& node, std::map<std::string, VariableInfo>& found) {
  if (node.is_map()) {
    for (const Map::Entry& entry : node.as_map()) collect(entry.value, found);
  } else if (node.is_list()) {
    for (const Node& item : node.as_list()) collect(item, found);
  } else if (node.is_string()) {
    for (VariableUse& use : variables_of(node.as_string())) {
      VariableInfo& info = found[use.name];
      info.name = use.name;
      info.required = info.required || use.required;
      if (use.fallback) info.default_value = *use.fallback;
      if (use.alternative) info.presence_value = *use.alternative;
    }
  }
}

void add_with_dependencies(const Node& services, const std::string& name, std::set<std::string>& chosen) {
  std::vector<std::string> waiting{name};
  while (!waiting.empty()) {
    const std::string next = std::move(waiting.back());
    waiting.pop_back();
    const Node* service = services.find(next);
    if (!service || !chosen.insert(next).second) continue;
    const Node* dependencies = service->find("depends_on");
    if (!dependencies || !dependencies->is_map()) continue;
    for (const Map::Entry& entry : dependencies->as_map()) waiting.push_back(entry.key);
  }
}

}  // namespace

std::vector<VariableInfo> used_variables(const Node& model) {
  std::map<std::string, VariableInfo> found;
  collect(model, found);
  std::vector<VariableInfo> variables;
  for (auto& [name, info] : found) variables.push_back(std::move(info));
  return variables;
}

std::shared_ptr<const Node> select_services(const Node& model, const std::vector<std::string>& services) {
  auto selected = std::make_shared<Node>(model);
  Node* all = selected->find("services");
  if (services.empty() || !all || !all->is_map()) return selected;
  std::set<std::string> chosen;
  for (const std::string& name : services) {
    if (!all->find(name)) {
      std::vector<std::string> names;
      for (const Map::Entry& entry : all->as_map()) names.push_back(entry.key);
      const std::string similar = closest_match(name, names);
      throw UsageError("no such service: " + name, similar.empty() ? "" : "did you mean '" + similar + "'?");
    }
    add_with_dependencies(*all, name, chosen);
  }
  all->as_map().erase_if([&](const Map::Entry& entry) { return chosen.count(entry.key) == 0; });
  // Only what is optional can be missing: a profile leaves it out.
  for (Map::Entry& entry : all->as_map())
    if (Node* dependencies = entry.value.find("depends_on"); dependencies && dependencies->is_map())
      dependencies->as_map().erase_if([&](const Map::Entry& one) { return chosen.count(one.key) == 0; });
  drop_unused(*selected);
  return selected;
}

}  // namespace crstack::manifest
