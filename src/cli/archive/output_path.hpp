// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "crstack/engine/engine.hpp"

namespace crstack::cli {

/// Throws Error where a file that takes the path's place would replace a device, a pipe or a socket of this
/// machine.
void refuse_special(const std::filesystem::path& path);

/// Writes to `fd`, which messages call `name`, what `produce` gives to the sink. Throws Error where not all
/// of it could be written.
void write_archive(int fd, const std::string& name,
                   const std::function<void(const engine::ByteSink&)>& produce);

}  // namespace crstack::cli
