// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "cli/build/image_builder.hpp"

namespace crstack::cli {

/// Builds with what the engine has itself: BuildKit, or its older builder (Podman has but one). `remark` is a
/// warning for the first build, or empty. `context` must outlive it.
std::unique_ptr<exec::ImageBuilder> make_engine_builder(Context& context, engine::BuildSpec::Builder builder,
                                                        BuildSettings settings, std::string remark);

}  // namespace crstack::cli
