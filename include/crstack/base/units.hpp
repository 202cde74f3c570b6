// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crstack/base/clock.hpp"

namespace crstack {

/// Reads a duration as the Compose Specification writes it (section "Specifying durations"): `1h30m`, `10µs`,
/// `1.5s`, also `d` and `w`. A bare `0` is zero. Nothing when the text is no duration or overflows.
std::optional<Duration> parse_duration(std::string_view text);

/// Writes a duration in the same notation: `1m30s`, `26h0m0s`, `10µs`, `0s`.
std::string format_duration(Duration duration);

/// Reads a decimal number: a sign, digits with `_` between them, a fraction, an exponent. Nothing for other
/// texts.
std::optional<double> parse_number(std::string_view text);
/// Reads a whole decimal number: `7`, `-7`, `+7`. Nothing when the text is none or it doesn't fit.
std::optional<std::int64_t> parse_integer(std::string_view text);

/// Reads a byte size as the Compose Specification writes it (section "Specifying byte values"): `512`,
/// `300m`, `2gb`, `1.5GiB`; units are powers of 1024. Nothing when the text is no size, is negative or
/// overflows.
std::optional<std::int64_t> parse_byte_size(std::string_view text);

/// A size for people: `1.5 MB` (powers of 1000, as the docker CLI prints sizes).
std::string format_byte_size(double bytes);

/// A span for people, as short as it can be: `0.4s`, `12.3s`, `2m 05s`.
std::string format_elapsed(Duration duration);

}  // namespace crstack
