// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "crstack/engine/error.hpp"
#include "crstack/engine/spec.hpp"

/// Reading JSON leniently: engines leave fields out, or set them to null.
namespace crstack::engine::json {

using Json = nlohmann::json;

/// `on_part` is told of each part that has been read, and says whether it is kept.
inline Json parse(std::string_view text, const Json::parser_callback_t& on_part = nullptr) {
  auto value = Json::parse(text.begin(), text.end(), on_part, false);
  if (value.is_discarded())
    throw EngineError(ErrorKind::protocol, 0, "", "", "The engine's answer is not valid JSON");
  return value;
}

/// The field, or null.
inline const Json& at(const Json& object, const char* key) {
  static const Json null;
  if (!object.is_object()) return null;
  const auto found = object.find(key);
  return found == object.end() ? null : *found;
}

inline std::string text(const Json& object, const char* key) {
  const auto& value = at(object, key);
  return value.is_string() ? value.get<std::string>() : std::string();
}

inline std::int64_t number(const Json& object, const char* key, std::int64_t fallback = 0) {
  const auto& value = at(object, key);
  return value.is_number() ? value.get<std::int64_t>() : fallback;
}

inline bool truth(const Json& object, const char* key, bool fallback = false) {
  const auto& value = at(object, key);
  return value.is_boolean() ? value.get<bool>() : fallback;
}

inline StringList list(const Json& object, const char* key) {
  StringList result;
  for (const auto& item : at(object, key))
    if (item.is_string()) result.push_back(item.get<std::string>());
  return result;
}

inline StringMap map(const Json& object, const char* key) {
  StringMap result;
  const auto& value = at(object, key);
  if (!value.is_object()) return result;
  for (const auto& [name, item] : value.items())
    result[name] = item.is_string() ? item.get<std::string>() : item.is_null() ? "" : item.dump();
  return result;
}

inline StringList keys(const Json& object, const char* key) {
  StringList result;
  const auto& value = at(object, key);
  if (!value.is_object()) return result;
  for (const auto& [name, item] : value.items()) result.push_back(name);
  return result;
}

}  // namespace crstack::engine::json
