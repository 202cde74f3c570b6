// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "crstack/base/environment.hpp"

namespace crstack::cli {

/// `--env` as the engine wants it: `KEY=value` as it is, `KEY` with the caller's value; bare, which unsets it
/// in the container, where the caller has none.
std::vector<std::string> container_environment(const std::vector<std::string>& words,
                                               const Environment& caller);

}  // namespace crstack::cli
