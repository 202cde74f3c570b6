// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace crstack::cli {

/// Completion scripts made from the command table; service names come from `crstack config --services`.
std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

}  // namespace crstack::cli
