// SPDX-License-Identifier: MIT
#include "merge.hpp"

#include <algorithm>
#include <unordered_map>

#include "key_path.hpp"

namespace crstack::manifest {

namespace {

using Rule = void (*)(Node& earlier, Node&& later, const KeyPath& path, Diagnostics& diagnostics);

void merge_any(Node& earlier, Node&& later, KeyPath& path, Diagnostics& diagnostics);

void replace(Node& earlier, Node&& later, const KeyPath&, Diagnostics&) {
  earlier = std::move(later);
}

void merge_maps(Node& earlier, Node&& later, KeyPath path, Diagnostics& diagnostics) {
  for (Map::Entry& from : later.as_map()) {
    const auto [entry, fresh] = earlier.as_map().insert(from.key, from.key_mark);
    if (fresh) {
      entry->value = std::move(from.value);
      continue;
    }
    path.push(entry->key);
    merge_any(entry->value, std::move(from.value), path, diagnostics);
    path.pop();
  }
}

/// A map of `NAME: value` as the list of `NAME=value` that it stands for, in the order of the names.
Node as_list_of_pairs(Node&& value) {
  if (value.is_list()) return std::move(value);
  Node list = Node::list(value.mark);
  if (value.is_scalar()) list.push(std::move(value));
  if (!value.is_map()) return list;
  for (Map::Entry& entry : value.as_map()) {
    const Node& item = entry.value;
    const Mark mark = item.mark.known() ? item.mark : entry.key_mark;
    if (item.is_null()) {
      list.push(Node::string(entry.key, mark));
    } else if (item.is_list()) {
      for (const Node& one : item.as_list())
        list.push(Node::string(entry.key + '=' + one.scalar_text(), mark));
    } else {
      list.push(Node::string(entry.key + '=' + item.scalar_text(), mark));
    }
  }
  std::sort(list.as_list().begin(), list.as_list().end(),
            [](const Node& a, const Node& b) { return a.as_string() < b.as_string(); });
  return list;
}

void append(Node& list, Node&& more) {
  for (Node& item : more.as_list()) list.push(std::move(item));
}

void merge_pairs(Node& earlier, Node&& later, const KeyPath&, Diagnostics&) {
  earlier = as_list_of_pairs(std::move(earlier));
  append(earlier, as_list_of_pairs(std::move(later)));
}

void merge_hosts(Node& earlier, Node&& later, const KeyPath&, Diagnostics&) {
  earlier = as_list_of_pairs(std::move(earlier));
  Node more = as_list_of_pairs(std::move(later));
  std::erase_if(more.as_list(), [&](const Node& item) {
    return std::find(earlier.as_list().begin(), earlier.as_list().end(), item) != earlier.as_list().end();
  });
  append(earlier, std::move(more));
}

/// A list of names as the map that it stands for; `make` gives each its value.
template <typename Make>
Node as_map_of_names(Node&& value, Make make) {
  if (!value.is_list()) return std::move(value);
  Node map = Node::map(value.mark);
  for (const Node& item : value.as_list()) map.set(item.scalar_text(), make(item.mark));
  return map;
}

template <typename Make>
void merge_names(Node& earlier, Node&& later, const KeyPath& path, Diagnostics& diagnostics, Make make) {
  earlier = as_map_of_names(std::move(earlier), make);
  later = as_map_of_names(std::move(later), make);
  if (earlier.is_map() && later.is_map())
    merge_maps(earlier, std::move(later), path, diagnostics);
  else if (!later.is_null())
    earlier = std::move(later);
}

void merge_attachments(Node& earlier, Node&& later, const KeyPath& path, Diagnostics& diagnostics) {
  merge_names(earlier, std::move(later), path, diagnostics, [](Mark mark) { return Node::null(mark); });
}

void merge_dependencies(Node& earlier, Node&& later, const KeyPath& path, Diagnostics& diagnostics) {
  merge_names(earlier, std::move(later), path, diagnostics, [](Mark mark) {
    Node dependency = Node::map(mark);
    dependency.set("condition", Node::string("service_started", mark));
    dependency.set("required", Node::boolean(true, mark));
    return dependency;
  });
}

void merge_build(Node& earlier, Node&& later, const KeyPath& path, Diagnostics& diagnostics) {
  const auto as_map = [](Node& value) {
    if (!value.is_string()) return;
    Node map = Node::map(value.mark);
    map.set("context", std::move(value));
    value = std::move(map);
  };
  as_map(earlier);
  as_map(later);
  if (earlier.is_map() && later.is_map())
    merge_maps(earlier, std::move(later), path, diagnostics);
  else if (!later.is_null())
    earlier = std::move(later);
}

/// Options belong to their driver: another driver drops them.
void merge_logging(Node& earlier, Node&& later, const KeyPath& path, Diagnostics& diagnostics) {
  const Node* before = earlier.find("driver");
  const Node* after = later.find("driver");
  const bool same = !before || !after || *before == *after;
  if (earlier.is_map() && later.is_map() && same)
    merge_maps(earlier, std::move(later), path, diagnostics);
  else
    earlier = std::move(later);
}

/// Address pools are merged by their subnet.
void merge_pools(Node& earlier, Node&& later, const KeyPath& path, Diagnostics& diagnostics) {
  if (!earlier.is_list() || !later.is_list()) {
    if (!later.is_null()) earlier = std::move(later);
    return;
  }
  Node merged = Node::list(earlier.mark);
  const auto put = [&](Node pool) {
    List& pools = merged.as_list();
    const auto same = std::find_if(pools.begin(), pools.end(), [&](const Node& other) {
      return other.text("subnet") == pool.text("subnet");
    });
    if (same == pools.end())
      pools.push_back(std::move(pool));
    else
      *same = std::move(pool);
  };
  for (const Node& original : earlier.as_list()) {
    for (const Node& change : later.as_list()) {
      const bool known =
          std::any_of(merged.as_list().begin(), merged.as_list().end(),
                      [&](const Node& other) { return other.text("subnet") == change.text("subnet"); });
      if (original.text("subnet") != change.text("subnet")) {
        if (!known) put(change);
        continue;
      }
      Node both = original;
      if (both.is_map() && change.is_map()) merge_maps(both, Node(change), path, diagnostics);
      put(std::move(both));
    }
  }
  earlier = std::move(merged);
}

struct RuleRow {
  std::string_view path;
  Rule rule;
};

constexpr RuleRow rules[] = {
    {"networks.*.ipam.config", merge_pools},
    {"networks.*.labels", merge_pairs},
    {"volumes.*.labels", merge_pairs},
    {"services.*.annotations", merge_pairs},
    {"services.*.build", merge_build},
    {"services.*.build.additional_contexts", merge_pairs},
    {"services.*.build.args", merge_pairs},
    {"services.*.build.extra_hosts", merge_hosts},
    {"services.*.build.labels", merge_pairs},
    {"services.*.command", replace},
    {"services.*.depends_on", merge_dependencies},
    {"services.*.deploy.labels", merge_pairs},
    {"services.*.dns", merge_pairs},
    {"services.*.dns_opt", merge_pairs},
    {"services.*.dns_search", merge_pairs},
    {"services.*.entrypoint", replace},
    {"services.*.env_file", merge_pairs},
    {"services.*.environment", merge_pairs},
    {"services.*.extra_hosts", merge_hosts},
    {"services.*.healthcheck.test", replace},
    {"services.*.label_file", merge_pairs},
    {"services.*.labels", merge_pairs},
    {"services.*.logging", merge_logging},
    {"services.*.models", merge_attachments},
    {"services.*.networks", merge_attachments},
    {"services.*.sysctls", merge_pairs},
    {"services.*.tmpfs", merge_pairs},
    {"services.*.ulimits.*", replace},
};

/// The rules by their last key.
Rule rule_for(const KeyPath& path) {
  static const auto table = [] {
    std::unordered_multimap<std::string_view, const RuleRow*> rows;
    for (const RuleRow& row : rules) rows.emplace(row.path.substr(row.path.rfind('.') + 1), &row);
    return rows;
  }();
  if (path.size() < 3) return nullptr;
  for (const std::string_view key : {path[path.size() - 1], std::string_view("*")}) {
    const auto [begin, end] = table.equal_range(key);
    for (auto row = begin; row != end; ++row)
      if (path.matches(row->second->path)) return row->second->rule;
  }
  return nullptr;
}

void merge_any(Node& earlier, Node&& later, KeyPath& path, Diagnostics& diagnostics) {
  if (const Rule rule = rule_for(path)) return rule(earlier, std::move(later), path, diagnostics);
  if (later.is_null()) return;
  const bool fits = (!earlier.is_map() || later.is_map()) && (!earlier.is_list() || later.is_list());
  if (!fits) {
    const std::string key = path.text();
    diagnostics.error(later.mark, key,
                      "cannot override '" + key + "': " + (earlier.is_map() ? "a map" : "a list") +
                          " can't be merged with another kind of value",
                      "use the same form in both places, or !override");
  } else if (earlier.is_map()) {
    merge_maps(earlier, std::move(later), path, diagnostics);
  } else if (earlier.is_list()) {
    append(earlier, std::move(later));
  } else {
    earlier = std::move(later);
  }
}

void clear_path(Node& node, const std::vector<std::string>& path, std::size_t step) {
  if (!node.is_map() || step >= path.size()) return;
  if (step + 1 == path.size()) {
    node.as_map().erase(path[step]);
  } else if (Node* child = node.find(path[step])) {
    clear_path(*child, path, step + 1);
  }
}

}  // namespace

void merge_trees(Node& earlier, Node later, Diagnostics& diagnostics) {
  KeyPath path;
  if (earlier.is_null())
    earlier = std::move(later);
  else
    merge_any(earlier, std::move(later), path, diagnostics);
}

void merge_service(Node& earlier, Node later, Diagnostics& diagnostics) {
  KeyPath path;
  path.push("services");
  path.push("x");
  merge_any(earlier, std::move(later), path, diagnostics);
}

void clear_paths(Node& tree, const std::vector<std::vector<std::string>>& paths) {
  for (const auto& path : paths) clear_path(tree, path, 0);
}

}  // namespace crstack::manifest
