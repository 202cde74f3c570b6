// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace crstack::engine {

/// The numeric addresses of a host, in the system's order of preference; none where the name is unknown. Asks
/// `getent ahosts`, for a static binary can't use the system's resolver itself.
std::vector<std::string> resolve(const std::string& host);

}  // namespace crstack::engine
