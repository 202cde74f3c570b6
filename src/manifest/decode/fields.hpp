// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crstack/base/clock.hpp"
#include "crstack/manifest/node.hpp"
#include "crstack/project/service.hpp"

/// Reads single fields of a finished tree. What is missing, or of another kind, is empty: the stages before
/// have reported what is wrong.
namespace crstack::manifest::decode_fields {

using project::StringList;
using project::StringMap;
using Variables = std::map<std::string, std::optional<std::string>>;

std::string text(const Node& map, const char* key);
bool flag(const Node& map, const char* key);
std::optional<bool> maybe_flag(const Node& map, const char* key);
std::optional<std::int64_t> whole(const Node& map, const char* key);
std::optional<double> real(const Node& map, const char* key);
std::optional<std::int64_t> bytes(const Node& map, const char* key);
std::optional<Duration> duration(const Node& map, const char* key);
/// A file mode, written in octal.
std::optional<std::uint32_t> mode(const Node& map, const char* key);

/// The same without the difference between zero and unset, as the canonical form leaves zeros out.
std::optional<std::int64_t> nonzero(const Node& map, const char* key);
std::optional<std::int64_t> nonzero_bytes(const Node& map, const char* key);
std::optional<double> nonzero_real(const Node& map, const char* key);

StringList texts(const Node& map, const char* key);
std::optional<StringList> maybe_texts(const Node& map, const char* key);
StringMap text_map(const Node& map, const char* key);
Variables variables(const Node& map, const char* key);

/// Calls `visit(key, value)` for each entry of the map under `key`.
template <typename Visit>
void each_entry(const Node& map, const char* key, Visit visit) {
  const Node* value = map.find(key);
  if (!value || !value->is_map()) return;
  for (const Map::Entry& entry : value->as_map()) visit(entry.key, entry.value);
}

/// Calls `visit(value)` for each item of the list under `key`.
template <typename Visit>
void each_item(const Node& map, const char* key, Visit visit) {
  const Node* value = map.find(key);
  if (!value || !value->is_list()) return;
  for (const Node& item : value->as_list()) visit(item);
}

/// The map under `key`; nullptr where there is none.
const Node* submap(const Node& map, const char* key);

}  // namespace crstack::manifest::decode_fields
