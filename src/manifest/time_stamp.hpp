// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace crstack::manifest {

/// What a plain scalar of YAML 1.1 is a time stamp as, by RFC 3339 and with no more than its own fraction:
/// `2024-01-02T00:00:00Z` for `2024-1-2`; nothing where it is none.
std::optional<std::string> time_stamp(std::string_view text);

}  // namespace crstack::manifest
