// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "cli/context.hpp"
#include "crstack/exec/executor.hpp"

namespace crstack::cli {

/// What `build` says beyond the manifest.
struct BuildSettings {
  std::string builder, ssh, provenance, sbom;
  std::int64_t memory = 0;  ///< bytes, 0 for no limit
  bool quiet = false, check = false, push = false;
  bool records = false;  ///< progress as BuildKit's JSON records, where the builder has them
};

/// Builds with `docker buildx bake` where it is installed and COMPOSE_BAKE doesn't say otherwise, else with
/// the engine's own BuildKit; with its classic builder where DOCKER_BUILDKIT says so. `context` must outlive
/// it. Throws Error where `settings.builder` names a builder that isn't there.
std::unique_ptr<exec::ImageBuilder> make_image_builder(Context& context, BuildSettings settings);

}  // namespace crstack::cli
