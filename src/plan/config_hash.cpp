// SPDX-License-Identifier: MIT
#include "crstack/plan/config_hash.hpp"

#include <vector>

#include "crstack/base/text.hpp"

namespace crstack::plan {

namespace {

void replace_mode(std::string& text, const std::string& key, const std::map<std::string, std::string>& ids) {
  const std::string before = "\"" + key + "\":\"", prefix = "service:";
  const auto found = text.find(before + prefix);
  if (found == std::string::npos) return;
  const auto start = found + before.size(), end = text.find('"', start);
  const auto id = ids.find(text.substr(start + prefix.size(), end - start - prefix.size()));
  if (id != ids.end()) text.replace(start, end - start, "container:" + id->second);
}

/// `"web:ro"` and `"container:name:ro"` become the ID and the name.
std::string resolved_entry(const std::string& entry, const std::map<std::string, std::string>& ids) {
  const auto parts = split(entry.substr(1, entry.size() - 2), ':');
  if (parts[0] == "container") return parts.size() > 1 ? "\"" + parts[1] + "\"" : entry;
  const auto id = ids.find(parts[0]);
  return id == ids.end() ? entry : "\"" + id->second + "\"";
}

void replace_volumes(std::string& text, const std::map<std::string, std::string>& ids) {
  const std::string before = "\"volumes_from\":[";
  const auto found = text.find(before);
  if (found == std::string::npos) return;
  const auto start = found + before.size(), end = text.find(']', start);
  std::vector<std::string> entries;
  for (const auto& entry : split(text.substr(start, end - start), ','))
    entries.push_back(resolved_entry(entry, ids));
  text.replace(start, end - start, join(entries, ","));
}

}  // namespace

std::string shared_config_hash(std::string text, const std::map<std::string, std::string>& ids) {
  for (const auto* key : {"network_mode", "ipc", "pid"}) replace_mode(text, key, ids);
  replace_volumes(text, ids);
  return sha256_hex(text);
}

}  // namespace crstack::plan
