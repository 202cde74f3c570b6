// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

/// Whole files at once. All of it throws Error, with the path and the system's reason, unless it says else.
namespace crstack {

std::string read_file(const std::string& path);
/// Empty where there is none, or it can't be read.
std::string read_if_there(const std::string& path);
/// Makes the file or replaces what is in it.
void write_file(const std::string& path, std::string_view text);

}  // namespace crstack
