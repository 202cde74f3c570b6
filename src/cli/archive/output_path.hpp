// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

namespace crstack::cli {

/// Throws Error where a file that takes the path's place would replace a device, a pipe or a socket of this
/// machine.
void refuse_special(const std::filesystem::path& path);

}  // namespace crstack::cli
