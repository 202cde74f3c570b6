// SPDX-License-Identifier: MIT
#include "cli/logs/log_time.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <string_view>

#include "crstack/base/error.hpp"
#include "crstack/base/units.hpp"
#include "crstack/engine/time_text.hpp"

namespace crstack::cli {
namespace {

bool is_number(const std::string& text) {
  return text.find_first_not_of("0123456789.") == std::string::npos && text.find('.') == text.rfind('.');
}

/// `d` and `w` are units of manifests only.
std::optional<Duration> span_of(const std::string& text) {
  return text.find_first_of("dw") == std::string::npos ? parse_duration(text) : std::nullopt;
}

/// Two digits, or as many as asked for, at the begin of a text, which they are taken from.
std::optional<int> take_digits(std::string_view& text, std::size_t count = 2) {
  const auto digits = text.substr(0, count);
  if (digits.size() < count || digits.find_first_not_of("0123456789") != std::string_view::npos) return {};
  text.remove_prefix(count);
  int value = 0;
  for (const char digit : digits) value = value * 10 + (digit - '0');
  return value;
}

/// The same behind a separator; nothing, and nothing taken, where that isn't there.
std::optional<int> take_part(std::string_view& text, char separator) {
  auto rest = text;
  if (!rest.starts_with(separator)) return {};
  rest.remove_prefix(1);
  const auto value = take_digits(rest);
  if (value) text = rest;
  return value;
}

/// Takes `Z` or `+02:00` from the end: the seconds before UTC; nothing where it is local time.
std::optional<int> take_zone(std::string_view& text) {
  if (text.ends_with('Z')) {
    text.remove_suffix(1);
    return 0;
  }
  const std::size_t at = text.size() > 15 ? text.size() - 6 : 0;
  if (at == 0 || (text[at] != '+' && text[at] != '-')) return {};
  auto zone = text.substr(at + 1);
  const auto hours = take_digits(zone);
  const auto minutes = take_part(zone, ':');
  if (!hours || !minutes) return {};
  const int seconds = (*hours * 60 + *minutes) * 60;
  const bool ahead = text[at] == '+';
  text.remove_suffix(text.size() - at);
  return ahead ? -seconds : seconds;
}

/// `2013-01-02`, `2013-01-02T15`, …, with a zone or in local time; the epoch where it is none of them.
engine::WallTime time_of(std::string_view text) {
  const auto zone = take_zone(text);
  const auto year = take_digits(text, 4);
  const auto month = take_part(text, '-');
  const auto day = take_part(text, '-');
  if (!year || !month || !day) return {};
  std::tm parts{};
  parts.tm_year = *year - 1900;
  parts.tm_mon = *month - 1;
  parts.tm_mday = *day;
  const auto hour = take_part(text, 'T');
  const auto minute = hour ? take_part(text, ':') : std::nullopt;
  const auto second = minute ? take_part(text, ':') : std::nullopt;
  parts.tm_hour = hour.value_or(0);
  parts.tm_min = minute.value_or(0);
  parts.tm_sec = second.value_or(0);
  parts.tm_isdst = -1;
  const bool fits = parts.tm_hour < 24 && parts.tm_min < 60 && parts.tm_sec < 60;
  if (!fits || (!text.empty() && text[0] != '.')) return {};
  const auto seconds = zone ? ::timegm(&parts) + *zone : std::mktime(&parts);
  if (parts.tm_mday != *day || parts.tm_mon != *month - 1) return {};  // a 30th of February
  const double fraction = text.empty() ? 0 : std::strtod(std::string(text).c_str(), nullptr);
  return std::chrono::system_clock::from_time_t(seconds) +
         std::chrono::nanoseconds(std::llround(fraction * 1e9));
}

}  // namespace

std::string unix_text(std::chrono::system_clock::time_point time) {
  const auto nanos = std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%lld.%09lld", static_cast<long long>(nanos / 1'000'000'000),
                static_cast<long long>(nanos % 1'000'000'000));
  return text.data();
}

std::string engine_time(const std::string& text, const std::string& option, const Clock& clock) {
  if (text.empty() || is_number(text)) return text;
  if (const auto span = span_of(text))
    return unix_text(clock.system_now() -
                     std::chrono::duration_cast<std::chrono::system_clock::duration>(*span));
  if (const auto time = time_of(text); time != engine::WallTime{}) return unix_text(time);
  throw UsageError(
      "invalid value for \"" + option + "\": failed to parse value as time or duration: \"" + text + "\"",
      "For example 2013-01-02T13:23:37Z or 42m.");
}

}  // namespace crstack::cli
