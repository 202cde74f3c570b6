// SPDX-License-Identifier: MIT
#include "crstack/base/units.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>

namespace crstack {

namespace {

using Wide = __int128;

struct DurationUnit {
  std::string_view name;
  std::int64_t nanoseconds;
};

constexpr std::int64_t second = 1'000'000'000;
constexpr std::array<DurationUnit, 9> duration_units{{{"ns", 1},
                                                      {"us", 1000},
                                                      {"\u00b5s", 1000},  // micro sign
                                                      {"\u03bcs", 1000},  // Greek mu
                                                      {"ms", 1'000'000},
                                                      {"s", second},
                                                      {"m", 60 * second},
                                                      {"h", 3600 * second},
                                                      {"d", 24 * 3600 * second}}};

std::int64_t unit_nanoseconds(std::string_view name) {
  if (name == "w") return 7 * 24 * 3600 * second;
  for (const auto& unit : duration_units)
    if (unit.name == name) return unit.nanoseconds;
  return 0;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Takes the digits at the front of `text`. Nothing on overflow.
std::optional<std::int64_t> take_digits(std::string_view& text) {
  std::int64_t value = 0;
  while (!text.empty() && is_digit(text.front())) {
    if (value > (std::numeric_limits<std::int64_t>::max() - 9) / 10) return std::nullopt;
    value = value * 10 + (text.front() - '0');
    text.remove_prefix(1);
  }
  return value;
}

struct Fraction {
  double value = 0, scale = 1;  ///< `.25` is 25 of 100
};

/// Takes `.5` from the front. Digits that are too small to matter are read and left out.
Fraction take_fraction(std::string_view& text, std::size_t& digits) {
  Fraction fraction;
  auto& [value, scale] = fraction;
  digits = 0;
  if (text.empty() || text.front() != '.') return fraction;
  text.remove_prefix(1);
  for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1), ++digits) {
    if (scale >= 1e17) continue;
    value = value * 10 + (text.front() - '0');
    scale *= 10;
  }
  return fraction;
}

/// Takes one `<number><unit>` from the front.
std::optional<Wide> take_span(std::string_view& text) {
  const std::size_t before = text.size();
  const auto whole = take_digits(text);
  const bool has_whole = text.size() != before;
  if (!whole) return std::nullopt;
  std::size_t fraction_digits = 0;
  const Fraction fraction = take_fraction(text, fraction_digits);
  if (!has_whole && fraction_digits == 0) return std::nullopt;
  std::size_t end = 0;
  while (end < text.size() && text[end] != '.' && !is_digit(text[end])) ++end;
  const std::int64_t unit = unit_nanoseconds(text.substr(0, end));
  if (unit == 0) return std::nullopt;
  text.remove_prefix(end);
  return Wide{*whole} * unit +
         static_cast<std::int64_t>(fraction.value * (static_cast<double>(unit) / fraction.scale));
}

/// `12.34`, without zeros at the end.
std::string decimal(std::uint64_t whole, std::uint64_t part, int digits) {
  std::string text = std::to_string(part);
  text.insert(0, static_cast<std::size_t>(digits) - text.size(), '0');
  while (!text.empty() && text.back() == '0') text.pop_back();
  return std::to_string(whole) + (text.empty() ? "" : "." + text);
}

std::string below_a_second(std::uint64_t nanoseconds) {
  if (nanoseconds < 1000) return std::to_string(nanoseconds) + "ns";
  if (nanoseconds < 1'000'000) return decimal(nanoseconds / 1000, nanoseconds % 1000, 3) + "\u00b5s";
  return decimal(nanoseconds / 1'000'000, nanoseconds % 1'000'000, 6) + "ms";
}

/// The factor of a size's unit (`k`, `MB`, `gib`, `b`, nothing); 0 where there is no such unit.
double size_factor(std::string_view unit) {
  static constexpr std::string_view letters = "bkmgtp";
  if (unit.empty()) return 1;
  const auto lower = [&](std::size_t i) { return static_cast<char>(unit[i] | 0x20); };
  const auto power = letters.find(lower(0));
  if (power == std::string_view::npos) return 0;
  if (unit.size() > 3 || (power == 0 && unit.size() > 1)) return 0;
  if (unit.size() == 2 && lower(1) != 'b') return 0;
  if (unit.size() == 3 && (lower(1) != 'i' || lower(2) != 'b')) return 0;
  return std::pow(1024.0, static_cast<double>(power));
}

std::string_view without_plus(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  return text;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);
  if (text == "0") return Duration::zero();
  if (text.empty()) return std::nullopt;
  Wide sum = 0;
  while (!text.empty()) {
    const auto span = take_span(text);
    if (!span) return std::nullopt;
    sum += *span;
    if (sum > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  }
  return Duration(static_cast<std::int64_t>(negative ? -sum : sum));
}

std::string format_duration(Duration duration) {
  const std::int64_t count = duration.count();
  if (count == 0) return "0s";
  const std::string sign = count < 0 ? "-" : "";
  const std::uint64_t size =
      count < 0 ? 0 - static_cast<std::uint64_t>(count) : static_cast<std::uint64_t>(count);
  if (size < second) return sign + below_a_second(size);
  const std::uint64_t seconds = size / second;
  std::string text = decimal(seconds % 60, size % second, 9) + "s";
  if (seconds >= 60) text.insert(0, std::to_string(seconds / 60 % 60) + "m");
  if (seconds >= 3600) text.insert(0, std::to_string(seconds / 3600) + "h");
  return sign + text;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  text = without_plus(text);
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> parse_number(std::string_view text) {
  text = without_plus(text);
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool between = i > 0 && i + 1 < text.size() && is_digit(text[i - 1]) && is_digit(text[i + 1]);
    if (text[i] != '_')
      digits += text[i];
    else if (!between)
      return std::nullopt;
  }
  double value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || read.ec != std::errc() || read.ptr != digits.data() + digits.size())
    return std::nullopt;
  return value;
}

std::optional<std::int64_t> parse_byte_size(std::string_view text) {
  std::int64_t whole = 0;  // all 63 bits, which a floating-point number has not
  const auto plain = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (plain.ec == std::errc() && plain.ptr == text.data() + text.size() && text[0] != '-') return whole;
  const auto last = text.find_last_of("0123456789. ");
  if (last == std::string_view::npos) return std::nullopt;
  const std::string_view number = text.substr(0, text[last] == ' ' ? last : last + 1);
  const double factor = size_factor(text.substr(last + 1));
  const auto value = parse_number(number);
  if (!value || factor == 0 || std::signbit(*value) || !std::isfinite(*value)) return std::nullopt;
  const double bytes = *value * factor;
  if (bytes >= 9223372036854775808.0) return std::nullopt;
  return static_cast<std::int64_t>(bytes);
}

std::string format_byte_size(double bytes) {
  static constexpr std::array<const char*, 9> units{"B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"};
  std::size_t unit = 0;
  while (std::fabs(bytes) >= 1000 && unit + 1 < units.size()) {
    bytes /= 1000;
    ++unit;
  }
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.4g%s", bytes, units[unit]);
  return buffer.data();
}

std::string format_elapsed(Duration duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  std::array<char, 64> buffer{};
  if (seconds < 59.95) {
    std::snprintf(buffer.data(), buffer.size(), "%.1fs", seconds);
    return buffer.data();
  }
  const auto whole = static_cast<long long>(std::llround(seconds));
  if (whole < 3600)
    std::snprintf(buffer.data(), buffer.size(), "%lldm %02llds", whole / 60, whole % 60);
  else
    std::snprintf(buffer.data(), buffer.size(), "%lldh %02lldm", whole / 3600, whole / 60 % 60);
  return buffer.data();
}

}  // namespace crstack
