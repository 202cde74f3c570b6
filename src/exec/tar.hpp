// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "crstack/plan/plan.hpp"

namespace crstack::exec {

/// A tar (POSIX ustar) of these files, made at `time`, to be unpacked at `/`. Throws Error for a path that is
/// too long for it.
std::string tar_of(const std::vector<plan::InjectedFile>& files, engine::WallTime time);

}  // namespace crstack::exec
