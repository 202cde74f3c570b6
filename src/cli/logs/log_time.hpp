// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "crstack/base/clock.hpp"

namespace crstack::cli {

/// `--since` and `--until` as the engine wants them (Unix seconds with nanoseconds): a number, a duration
/// back from now (`42m`), or an RFC 3339 time whose end may be missing (local time without a zone). Empty
/// stays empty. Throws UsageError that names the option.
std::string engine_time(const std::string& text, const std::string& option, const Clock& clock);

/// `1767323045.000000005`
std::string unix_text(std::chrono::system_clock::time_point time);

}  // namespace crstack::cli
