// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "crstack/base/environment.hpp"

namespace crstack::cli {

/// Runs a plugin to its end, with these variables: gives it `input`, and each line that it writes, on either
/// stream, to `line`. A stop ends it. Returns its exit code, 128 and the signal's number where one has ended
/// it. Throws Error where it can't be started.
int run_plugin(const std::vector<std::string>& command, const Environment& environment,
               std::string_view input, const std::function<void(const std::string&)>& line,
               std::stop_token stop);

}  // namespace crstack::cli
