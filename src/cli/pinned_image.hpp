// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "crstack/engine/engine.hpp"

namespace crstack::cli {

/// An image's full name with the digest that its tag has in the registry. Throws Error where it can't be had.
std::string pinned_image(engine::Engine& engine, const std::string& image);

}  // namespace crstack::cli
