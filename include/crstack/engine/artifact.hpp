// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include "crstack/base/environment.hpp"

/// OCI artifacts in registries (OCI Image Specification, "Artifact Usage"; OCI Distribution Specification).
namespace crstack::engine {

/// `localhost:5000/app/x:v1`, taken apart.
struct RegistryReference {
  std::string host;        ///< with its port
  std::string repository;  ///< `app/x`
  std::string reference;   ///< a tag (`latest` where none is given) or a digest
};
/// Throws Error (`invalid reference format…`).
RegistryReference parse_registry_reference(const std::string& text);

struct ArtifactLayer {
  std::string media_type;
  std::map<std::string, std::string> annotations;
  std::string bytes;
};

struct Artifact {
  std::string type;         ///< empty: as OCI 1.0, which has no artifact types, writes it
  std::string config_type;  ///< of the empty configuration
  std::map<std::string, std::string> annotations;
  std::vector<ArtifactLayer> layers;
  std::string digest;  ///< of a fetched one's manifest
};

/// Both speak HTTPS, and plain HTTP to registries on this machine that know no better. Credentials come from
/// the user's Docker configuration, which `environment` finds. Throw EngineError for what a registry refuses.
void push_artifact(const RegistryReference& to, const Artifact& artifact, const Environment& environment);
Artifact fetch_artifact(const RegistryReference& from, const Environment& environment);

}  // namespace crstack::engine
