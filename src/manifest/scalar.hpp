// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "crstack/manifest/node.hpp"

namespace crstack::manifest {

/// The typed value of a plain (unquoted) scalar. YAML 1.2's core schema with what docker compose keeps
/// of 1.1: octals with a leading zero, binary numbers and digits grouped by `_` are numbers; `yes`, `on` and
/// sexagesimal numbers such as `22:22` are text.
Node resolve_plain_scalar(std::string_view text, Mark mark);

/// The value that an explicit tag (`!!int`, `!!str`, …) makes of a text, in `result`; false where it can't.
bool resolve_tagged_scalar(std::string_view tag, std::string_view text, Mark mark, Node& result);

}  // namespace crstack::manifest
