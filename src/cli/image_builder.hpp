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
};

/// Builds with `docker buildx` where it is installed (and COMPOSE_BAKE or DOCKER_BUILDKIT do not say
/// otherwise), else with the engine's own classic builder. `context` must outlive it.
std::unique_ptr<exec::ImageBuilder> make_image_builder(Context& context, BuildSettings settings);

}  // namespace crstack::cli
