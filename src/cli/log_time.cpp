// SPDX-License-Identifier: MIT
#include "cli/log_time.hpp"

#include <array>
#include <cstdio>
#include <ctime>

#include "crstack/base/error.hpp"
#include "crstack/base/units.hpp"
#include "crstack/engine/time_text.hpp"

namespace crstack::cli {
namespace {

bool is_number(const std::string& text) {
  return text.find_first_not_of("0123456789.") == std::string::npos;
}

bool has_zone(const std::string& text) {
  return text.ends_with('Z') || text.find('+', 10) != std::string::npos ||
         text.find('-', 10) != std::string::npos;
}

/// `2013-01-02`, `2013-01-02T15`, … in local time; the epoch where it is none of them.
engine::WallTime local_time(const std::string& text) {
  for (const char* form : {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H", "%Y-%m-%d"}) {
    std::tm parts{};
    parts.tm_isdst = -1;
    const char* rest = ::strptime(text.c_str(), form, &parts);
    if (rest == nullptr || (*rest != '\0' && *rest != '.')) continue;
    const double fraction = *rest == '.' ? std::strtod(rest, nullptr) : 0;
    return std::chrono::system_clock::from_time_t(std::mktime(&parts)) +
           std::chrono::nanoseconds(static_cast<std::int64_t>(fraction * 1e9));
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
  if (const auto span = parse_duration(text))
    return unix_text(clock.system_now() -
                     std::chrono::duration_cast<std::chrono::system_clock::duration>(*span));
  const auto time = text.size() > 10 && has_zone(text) ? engine::parse_time(text) : local_time(text);
  if (time != engine::WallTime{}) return unix_text(time);
  throw UsageError(
      "invalid value for \"" + option + "\": failed to parse value as time or duration: \"" + text + "\"",
      "For example 2013-01-02T13:23:37Z or 42m.");
}

}  // namespace crstack::cli
