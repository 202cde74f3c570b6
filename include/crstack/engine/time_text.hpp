// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "crstack/engine/types.hpp"

namespace crstack::engine {

/// Reads RFC 3339 with up to nine digits of fraction and any offset; the epoch where it is none (engines
/// write the year 1 for "never").
WallTime parse_time(std::string_view text);

}  // namespace crstack::engine
