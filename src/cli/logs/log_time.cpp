// SPDX-License-Identifier: MIT
#include "cli/logs/log_time.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <optional>

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

/// Takes `Z` or `+02:00` from the end: the seconds before UTC; nothing where it is local time.
std::optional<int> take_zone(std::string& text) {
  if (text.ends_with('Z')) {
    text.pop_back();
    return 0;
  }
  int hours = 0, minutes = 0;
  const std::size_t at = text.size() > 15 ? text.size() - 6 : 0;
  if (at == 0 || (text[at] != '+' && text[at] != '-')) return {};
  if (std::sscanf(text.c_str() + at + 1, "%2d:%2d", &hours, &minutes) != 2) return {};
  const int seconds = (hours * 60 + minutes) * 60;
  const bool ahead = text[at] == '+';
  text.erase(at);
  return ahead ? -seconds : seconds;
}

/// `2013-01-02`, `2013-01-02T15`, …, with a zone or in local time; the epoch where it is none of them.
engine::WallTime time_of(std::string text) {
  const auto zone = take_zone(text);
  for (const char* form : {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H", "%Y-%m-%d"}) {
    std::tm parts{};
    const char* rest = ::strptime(text.c_str(), form, &parts);
    if (rest == nullptr || (*rest != '\0' && *rest != '.')) continue;
    std::array<char, 24> again{};
    const auto size = std::strftime(again.data(), again.size(), form, &parts);
    if (!text.starts_with(std::string_view(again.data(), size)) || rest != text.c_str() + size) return {};
    parts.tm_isdst = -1;
    const int day = parts.tm_mday;
    const auto seconds = zone ? ::timegm(&parts) + *zone : std::mktime(&parts);
    if (parts.tm_mday != day) return {};  // a 30th of February
    const double fraction = *rest == '.' ? std::strtod(rest, nullptr) : 0;
    return std::chrono::system_clock::from_time_t(seconds) +
           std::chrono::nanoseconds(std::llround(fraction * 1e9));
  }
  return {};
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
