// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace crstack::cli {

/// A span in words as the docker CLI gives it: `Less than a second`, `5 seconds`, `About a minute`, `3
/// weeks`.
std::string human_span(std::chrono::seconds span);

/// A size as the docker CLI gives it, in powers of 1000 with three significant digits: `1.98MB`.
std::string human_size(double bytes);

/// A size in powers of 1024 with four significant digits: `23.54GiB`.
std::string binary_size(double bytes);

/// A container's creation time as `ps --format json` gives it: `2026-11-22 23:23:31 +0000 UTC`.
std::string created_at(std::int64_t unix_seconds);

/// At most `width` characters, `…` at the end where it is longer.
std::string ellipsis(const std::string& text, std::size_t width);

}  // namespace crstack::cli
