// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "cli/image_builder.hpp"

namespace crstack::cli {

/// The path of docker's buildx plugin, where docker itself looks for it; empty where there is none or
/// DOCKER_BUILDKIT=0 asks for the classic builder.
std::string find_buildx(const Environment& environment);

/// Builds through `docker-buildx bake`, which gets the service's build as JSON on its standard input.
std::unique_ptr<exec::ImageBuilder> make_buildx_builder(Context& context, std::string path,
                                                        BuildSettings settings);

}  // namespace crstack::cli
