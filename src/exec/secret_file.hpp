// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace crstack::exec {

/// Makes a file with `length` random letters and digits (from the kernel's generator), mode 0600, all at once
/// or not at all. One that exists is left alone, also where it appears at the same moment. Makes missing
/// directories with mode 0700. Throws Error.
void generate_secret_file(const std::string& path, int length);

}  // namespace crstack::exec
