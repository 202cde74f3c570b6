// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "cli/command_line/option.hpp"

namespace crstack::cli {

/// A value as the option takes it: flags become `true` or `false`. Throws UsageError for what is neither, and
/// for a number that is none.
std::string checked_value(const Option& row, const std::string& value);

}  // namespace crstack::cli
