// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include "cli/context.hpp"
#include "crstack/engine/artifact.hpp"
#include "crstack/manifest/node.hpp"

namespace crstack::cli {

enum class OciVersion { v1_0, v1_1 };
enum class EnvFiles { leave, include };

/// A project's manifests as an OCI artifact, as docker compose lays them out: a layer a manifest, then what
/// services extend, then env files; names of files become digests of their paths. `image_digests`: the pinned
/// reference by service, for a manifest of its own; may be empty. Throws Error for what can't be published.
engine::Artifact make_publication(const project::Project& project,
                                  const std::map<std::string, std::string>& image_digests, OciVersion version,
                                  EnvFiles env_files, engine::WallTime now);

/// What `--with-env` is about. Sorted.
struct Sensitive {
  std::vector<std::string> complaints;  ///< `service "web" has env_file declared.`
  std::map<std::string, std::map<std::string, std::string>> variables;  ///< by service
  std::vector<std::pair<std::string, std::string>> bind_mounts;         ///< service, `source:target:mode`
};
Sensitive find_sensitive(const project::Project& project);

/// A value that looks like a credential; not the value itself. `key`: its place in the manifest
/// (`services.web.environment.TOKEN`), a variable's name in an env file, or empty; `where`: `FILE:LINE`, or
/// empty where that isn't known.
struct SensitiveValue {
  std::string kind, key, where;
};

/// Those in the manifest, in its env files, and in the files of its configs and secrets. Throws as
/// manifest::load.
std::vector<SensitiveValue> find_sensitive_values(manifest::LoadOptions options);

}  // namespace crstack::cli
