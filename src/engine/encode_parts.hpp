// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crstack/engine/error.hpp"
#include "crstack/engine/spec.hpp"
#include "engine/json.hpp"

/// What the encoders of requests share.
namespace crstack::engine::codec {
using json::Json;

inline constexpr int api_1_43 = 1043, api_1_44 = 1044, api_1_45 = 1045, api_1_48 = 1048, api_1_49 = 1049;

/// Writes only what is set, so that the engine's defaults stay in force.
template <class Value>
void put(Json& object, const char* key, const Value& value) {
  if constexpr (requires { value.empty(); }) {
    if (!value.empty()) object[key] = value;
  } else {
    if (value != Value{}) object[key] = value;
  }
}

template <class Value>
void put(Json& object, const char* key, const std::optional<Value>& value) {
  if (value) object[key] = *value;
}

inline void put(Json& object, const char* key, const std::optional<Duration>& value) {
  if (value) object[key] = value->count();
}

inline std::string version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000);
}

/// Holds back what an engine of this API version does not know.
struct ApiGate {
  int have;
  std::vector<std::string>& warnings;

  /// Throws unless this engine can carry the key.
  void need(bool used, int version, const std::string& what) const {
    if (!used || have >= version) return;
    throw EngineError(
        ErrorKind::unsupported, 0, "POST", "/containers/create",
        what + " needs Engine API " + version_text(version) + "; this engine speaks " + version_text(have),
        "Use a newer engine, or leave the key out.");
  }
  /// Whether to send the key; warns where it has to be left out.
  [[nodiscard]] bool carries(bool used, int version, const std::string& what) const {
    if (used && have < version)
      warnings.push_back(what + " needs Engine API " + version_text(version) + "; this engine speaks " +
                         version_text(have) + " and goes without");
    return used && have >= version;
  }
};

/// A row of `HostConfig.Mounts`, `POST /containers/create`.
Json mount(const MountSpec& spec, const ApiGate& gate);

}  // namespace crstack::engine::codec
