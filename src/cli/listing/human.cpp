// SPDX-License-Identifier: MIT
#include "cli/listing/human.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>

namespace crstack::cli {
namespace {

std::string scaled(double bytes, double base, int digits, const std::array<const char*, 9>& units) {
  std::size_t unit = 0;
  for (; bytes >= base && unit + 1 < units.size(); ++unit) bytes /= base;
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*g%s", digits, bytes, units.at(unit));
  return text.data();
}

}  // namespace

std::string human_span(std::chrono::seconds span) {
  const auto seconds = span.count();
  const auto minutes = seconds / 60;
  const auto hours = static_cast<long long>(std::llround(static_cast<double>(seconds) / 3600.0));
  if (seconds < 1) return "Less than a second";
  if (seconds == 1) return "1 second";
  if (seconds < 60) return std::to_string(seconds) + " seconds";
  if (minutes == 1) return "About a minute";
  if (minutes < 60) return std::to_string(minutes) + " minutes";
  if (hours == 1) return "About an hour";
  if (hours < 48) return std::to_string(hours) + " hours";
  if (hours < 24 * 7 * 2) return std::to_string(hours / 24) + " days";
  if (hours < 24 * 30 * 2) return std::to_string(hours / 24 / 7) + " weeks";
  if (hours < 24 * 365 * 2) return std::to_string(hours / 24 / 30) + " months";
  return std::to_string(hours / 24 / 365) + " years";
}

std::string human_size(double bytes) {
  return scaled(bytes, 1000, 3, {"B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"});
}

std::string binary_size(double bytes) {
  return scaled(bytes, 1024, 4, {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"});
}

std::string created_at(std::int64_t unix_seconds) {
  const auto time = static_cast<std::time_t>(unix_seconds);
  std::tm parts{};
  localtime_r(&time, &parts);
  std::array<char, 64> text{};
  const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S %z %Z", &parts);
  return {text.data(), length};
}

std::string ellipsis(const std::string& text, std::size_t width) {
  std::size_t characters = 0;
  std::size_t cut = text.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) continue;
    if (++characters == width) cut = i;
  }
  return characters > width ? text.substr(0, cut) + "…" : text;
}

}  // namespace crstack::cli
