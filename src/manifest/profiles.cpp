// SPDX-License-Identifier: MIT
#include "profiles.hpp"

#include <algorithm>
#include <set>

namespace crstack::manifest {

namespace {

void add_sources(const Node* list, Names& names) {
  if (!list || !list->is_list()) return;
  for (const Node& item : list->as_list())
    names.emplace(item.is_string() ? std::string_view(item.as_string()) : item.text("source"));
}

void add_keys(const Node* map, Names& names) {
  if (!map || !map->is_map()) return;
  for (const Map::Entry& entry : map->as_map()) names.insert(entry.key);
}

struct Used {
  Names networks, volumes, secrets, configs, models;

  void add(const Node& service) {
    add_keys(service.find("networks"), networks);
    add_keys(service.find("models"), models);
    if (const Node* mounts = service.find("volumes"); mounts && mounts->is_list())
      for (const Node& mount : mounts->as_list())
        if (mount.text("type") == "volume") volumes.emplace(mount.text("source"));
    add_sources(service.find("secrets"), secrets);
    add_sources(service.find("configs"), configs);
    if (const Node* build = service.find("build")) add_sources(build->find("secrets"), secrets);
  }
};

void keep(Node& tree, const char* section, const Names& names) {
  Node* map = tree.find(section);
  if (!map || !map->is_map()) return;
  map->as_map().erase_if([&](const Map::Entry& entry) { return names.find(entry.key) == names.end(); });
  if (map->as_map().empty()) tree.as_map().erase(section);
}

}  // namespace

Names with_dependencies(const Node& services, const std::vector<std::string>& named) {
  Names found;
  std::vector<std::string> todo = named;
  while (!todo.empty()) {
    const std::string name = todo.back();
    todo.pop_back();
    if (!found.insert(name).second) continue;
    const Node* service = services.find(name);
    const Node* dependencies = service ? service->find("depends_on") : nullptr;
    if (!dependencies || !dependencies->is_map()) continue;
    for (const Map::Entry& entry : dependencies->as_map()) todo.push_back(entry.key);
  }
  return found;
}

bool has_profile(const Node& service, const std::vector<std::string>& profiles) {
  const Node* own = service.find("profiles");
  if (!own || !own->is_list() || own->as_list().empty()) return true;
  return std::find(profiles.begin(), profiles.end(), "*") != profiles.end() ||
         std::any_of(own->as_list().begin(), own->as_list().end(), [&](const Node& profile) {
           return profile.is_string() &&
                  std::find(profiles.begin(), profiles.end(), profile.as_string()) != profiles.end();
         });
}

void add_profiles(const Node& services, std::set<std::string>& names) {
  if (!services.is_map()) return;
  for (const Map::Entry& service : services.as_map()) {
    const Node* profiles = service.value.find("profiles");
    if (!profiles || !profiles->is_list()) continue;
    for (const Node& profile : profiles->as_list()) names.insert(profile.scalar_text());
  }
}

Node take_inactive(Node& tree, const std::vector<std::string>& asked, const std::vector<std::string>& named) {
  Node inactive = Node::map();
  Node* services = tree.find("services");
  if (!services || !services->is_map()) return inactive;
  auto profiles = asked;
  for (const std::string& name : named) {
    const Node* service = services->find(name);
    const Node* own = service ? service->find("profiles") : nullptr;
    if (!own || !own->is_list()) continue;
    for (const Node& profile : own->as_list())
      if (profile.is_string()) profiles.push_back(profile.as_string());
  }
  // A named service brings its profiles along, but of the others in them only what it depends on.
  const bool more = profiles.size() > asked.size();
  const Names wanted = more ? with_dependencies(*services, named) : Names{};
  services->as_map().erase_if([&](Map::Entry& entry) {
    if (has_profile(entry.value, asked)) return false;
    if (more && has_profile(entry.value, profiles) && wanted.contains(entry.key)) return false;
    inactive.set(entry.key, std::move(entry.value));
    return true;
  });
  return inactive;
}

void drop_unused(Node& tree) {
  Used used;
  if (const Node* services = tree.find("services"); services && services->is_map())
    for (const Map::Entry& entry : services->as_map()) used.add(entry.value);
  keep(tree, "networks", used.networks);
  keep(tree, "volumes", used.volumes);
  keep(tree, "secrets", used.secrets);
  keep(tree, "configs", used.configs);
  keep(tree, "models", used.models);
}

}  // namespace crstack::manifest
