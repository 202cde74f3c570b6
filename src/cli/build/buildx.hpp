// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "cli/build/image_builder.hpp"

namespace crstack::cli {

/// Builds through `docker-buildx bake`, which gets the services' builds as JSON on its standard input.
/// `path`: where the plugin is.
std::unique_ptr<exec::ImageBuilder> make_buildx_builder(Context& context, std::string path,
                                                        BuildSettings settings);

}  // namespace crstack::cli
