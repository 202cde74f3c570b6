// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "cli/context.hpp"

namespace crstack::cli {

struct ServiceImage {
  std::string service, image;
};

/// What a failed push means: an error in the end, or a warning.
enum class PushFailures { fail, warn };

/// Pushes the images side by side, and shows progress. Returns the exit code; throws Error with the first
/// failure, once all have been tried.
int push_images(Context& context, const std::vector<ServiceImage>& images, PushFailures failures);

}  // namespace crstack::cli
