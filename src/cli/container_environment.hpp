// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

namespace crstack::cli {

/// `--env` as the engine wants it: `KEY=value` as it is, `KEY` with the caller's value; bare, which unsets it
/// in the container, where the caller has none.
std::vector<std::string> container_environment(const std::vector<std::string>& words,
                                               const std::map<std::string, std::string>& caller);

}  // namespace crstack::cli
