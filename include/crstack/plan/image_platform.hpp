// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "crstack/engine/types.hpp"

namespace crstack::plan {

/// Whether an image is for a platform: `OS/ARCHITECTURE[/VARIANT]`, or one of the first two alone. Other
/// names of architectures (`aarch64`) and variants that go without saying (`v8` of arm64) mean the same. What
/// either side leaves open fits.
bool is_for_platform(const engine::ImageDetails& image, const std::string& platform);

}  // namespace crstack::plan
