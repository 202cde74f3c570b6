// SPDX-License-Identifier: MIT
#include "similar_keys.hpp"

#include <vector>

#include "crstack/base/text.hpp"

namespace crstack::manifest {

std::string SimilarKeys::to(std::string_view name, const Node* map) {
  if (!map || !map->is_map() || map->as_map().size() > left_) return {};
  left_ -= map->as_map().size();
  std::vector<std::string> keys;
  keys.reserve(map->as_map().size());
  for (const Map::Entry& entry : map->as_map()) keys.push_back(entry.key);
  return closest_match(name, keys);
}

}  // namespace crstack::manifest
