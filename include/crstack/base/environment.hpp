// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

namespace crstack {

/// Environment variables by name.
using Environment = std::map<std::string, std::string>;

/// The value of a variable; empty where it is not set.
std::string variable(const Environment& environment, const std::string& name);

/// Whether a switch is written as off: `0`, `f`, `F`, `false`, `False` or `FALSE`. Unset is not off.
bool switched_off(const Environment& environment, const std::string& name);

/// Where programs keep what they can make anew: `$XDG_CACHE_HOME`, else `~/.cache`; empty without a home.
std::string cache_home(const Environment& environment);

}  // namespace crstack
