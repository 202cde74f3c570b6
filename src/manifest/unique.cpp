// SPDX-License-Identifier: MIT
#include <algorithm>
#include <functional>
#include <iterator>
#include <string>
#include <unordered_map>

#include "merge.hpp"

namespace crstack::manifest {

namespace {

/// What two items of a list must share for the later one to replace the earlier; empty: nothing replaces it.
using Identity = std::string (*)(const Node& item);

std::string pair_name(const Node& item) {
  const std::string text = item.scalar_text();
  return text.substr(0, text.find('='));
}

std::string whole(const Node& item) {
  return item.scalar_text();
}

/// The target of `SOURCE:TARGET:OPTIONS`, of a lone `TARGET`, or of a long form.
std::string mount_target(const Node& item) {
  if (item.is_map()) return std::string(item.text("target"));
  if (!item.is_string()) return {};
  const std::string& text = item.as_string();
  std::size_t start = 0;
  std::size_t colon = text.find(':');
  const bool drive = colon == 1 && text.size() > 2 && (text[2] == '\\' || text[2] == '/');
  if (drive) colon = text.find(':', 2);
  if (colon == std::string::npos) return text;
  start = colon + 1;
  return text.substr(start, text.find(':', start) - start);
}

std::string file_target(const Node& item, const std::string& directory) {
  if (item.is_string()) return directory + item.as_string();
  const std::string_view target = item.text("target");
  return target.empty() ? directory + std::string(item.text("source")) : std::string(target);
}

std::string config_target(const Node& item) {
  return file_target(item, "/");
}
std::string secret_target(const Node& item) {
  return file_target(item, "/run/secrets/");
}

std::string env_file_path(const Node& item) {
  return item.is_map() ? std::string(item.text("path")) : item.scalar_text();
}

/// By ip, published port, target and protocol as section "Unique resources" of the merge rules has it. A
/// number for a published port is another one than its text, as in docker compose, where both are kept.
std::string port_identity(const Node& item) {
  if (!item.is_map()) return item.scalar_text();
  const auto field = [&](const char* key, const char* standard) {
    const Node* value = item.find(key);
    return value && value->is_scalar() ? value->scalar_text() : std::string(standard);
  };
  if (!item.find("target")) return {};
  const Node* published = item.find("published");
  const char* kind = !published ? "none:" : published->is_number() ? "number:" : ":";
  return field("host_ip", "0.0.0.0") + ':' + kind + field("published", "") + ':' + field("target", "") + '/' +
         field("protocol", "tcp");
}

void drop_redefined_items(Node& list, Identity identity) {
  List& items = list.as_list();
  if (items.size() < 2) return;
  std::unordered_map<std::string, std::size_t> seen;
  List kept;
  kept.reserve(items.size());
  for (Node& item : items) {
    std::string name = identity(item);
    if (name.empty()) {
      kept.push_back(std::move(item));
      continue;
    }
    const auto [place, fresh] = seen.try_emplace(std::move(name), kept.size());
    if (fresh)
      kept.push_back(std::move(item));
    else
      kept[place->second] = std::move(item);
  }
  items = std::move(kept);
}

struct Row {
  std::string_view key;
  Identity identity;
};

constexpr Row service_rows[] = {
    {"annotations", pair_name}, {"cap_add", pair_name},    {"cap_drop", pair_name},
    {"configs", config_target}, {"devices", mount_target}, {"dns", pair_name},
    {"dns_opt", pair_name},     {"dns_search", pair_name}, {"env_file", env_file_path},
    {"environment", pair_name}, {"expose", whole},         {"labels", pair_name},
    {"links", pair_name},       {"ports", port_identity},  {"profiles", whole},
    {"secrets", secret_target}, {"sysctls", pair_name},    {"tmpfs", pair_name},
    {"volumes", mount_target},
};
constexpr Row build_rows[] = {
    {"additional_contexts", pair_name},
    {"args", pair_name},
    {"labels", pair_name},
    {"tags", pair_name},
};

void drop_in(Node& map, std::string_view key, Identity identity) {
  Node* list = map.find(key);
  if (list && list->is_list()) drop_redefined_items(*list, identity);
}

void drop_in_service(Node& service) {
  for (const Row& row : service_rows) drop_in(service, row.key, row.identity);
  if (Node* build = service.find("build"))
    for (const Row& row : build_rows) drop_in(*build, row.key, row.identity);
  if (Node* deploy = service.find("deploy")) drop_in(*deploy, "labels", pair_name);
  Node* networks = service.find("networks");
  if (!networks || !networks->is_map()) return;
  for (Map::Entry& network : networks->as_map()) {
    drop_in(network.value, "aliases", pair_name);
    drop_in(network.value, "link_local_ips", pair_name);
  }
}

void for_each_entry(Node& tree, const char* section, const std::function<void(Node&)>& visit) {
  Node* map = tree.find(section);
  if (!map || !map->is_map()) return;
  for (Map::Entry& entry : map->as_map())
    if (entry.value.is_map()) visit(entry.value);
}

}  // namespace

void drop_empty(Node& tree) {
  for_each_entry(tree, "services", [](Node& service) {
    Node* servers = service.find("dns");
    if (!servers || !servers->is_list()) return;
    std::erase_if(servers->as_list(), [](const Node& item) {
      return item.is_null() || (item.is_string() && item.as_string().empty());
    });
  });
}

bool has_unique_items(std::span<const std::string_view> path) {
  const auto any_of = [](const auto& rows, std::string_view key) {
    return std::any_of(std::begin(rows), std::end(rows), [&](const Row& row) { return row.key == key; });
  };
  // Variables are made anew when bare names get their values.
  if (path.size() < 3 || path.back() == "environment" || path.back() == "args") return false;
  if (path[0] == "networks") return path.size() == 3 && path[2] == "labels";
  if (path[0] != "services") return false;
  if (path.size() == 3) return any_of(service_rows, path[2]);
  if (path.size() == 4 && path[2] == "build") return any_of(build_rows, path[3]);
  if (path.size() == 4) return path[2] == "deploy" && path[3] == "labels";
  return path.size() == 5 && path[2] == "networks" && (path[4] == "aliases" || path[4] == "link_local_ips");
}

void drop_redefined(Node& tree) {
  for_each_entry(tree, "services", drop_in_service);
  for_each_entry(tree, "networks", [](Node& network) { drop_in(network, "labels", pair_name); });
}

}  // namespace crstack::manifest
