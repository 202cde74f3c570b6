// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "cli/build/image_builder.hpp"
#include "cli/listing/value.hpp"
#include "crstack/base/environment.hpp"

namespace crstack::cli {

/// The builds as the JSON that `docker buildx bake` takes: one target for each, named after its service, and
/// a default group of all of them. Secrets are named by where they come from, never by value; `service:NAME`
/// as a further context is that target where it is one of these, else that service's image.
Value bake_file(const std::vector<plan::BuildImage>& steps, const BuildSettings& settings,
                const Environment& environment, const project::Project& project);

/// How the file names a service: bake's names hold no dots.
std::string target_name(std::string service);

/// What a build may do beyond the ordinary, as BuildKit names it: asked for, or implied by `privileged` and
/// by the host's network.
std::vector<std::string> entitlements_of(const project::Build& build);

}  // namespace crstack::cli
