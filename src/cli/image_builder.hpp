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
  std::string builder, ssh, provenance, sbom, memory;
  bool quiet = false, check = false, push = false;
  std::vector<plan::BuildImage>
      together{};  ///< all builds of the run, where they are known: one bake does them
};

/// Builds with `docker buildx bake` where it is installed and COMPOSE_BAKE doesn't say otherwise, else with
/// the engine's own BuildKit; with its classic builder where DOCKER_BUILDKIT says so. `context` must outlive
/// it.
std::unique_ptr<exec::ImageBuilder> make_image_builder(Context& context, BuildSettings settings);

}  // namespace crstack::cli
