// SPDX-License-Identifier: MIT
#include "crstack/engine/time_text.hpp"

#include <charconv>

namespace crstack::engine {

namespace {

/// A number of exactly so many digits at a place; -1 where there is none.
int digits(std::string_view text, std::size_t from, std::size_t count) {
  if (from + count > text.size()) return -1;
  int value = -1;
  const char* end = text.data() + from + count;
  const auto [rest, error] = std::from_chars(text.data() + from, end, value);
  return error == std::errc() && rest == end ? value : -1;
}

}  // namespace

WallTime parse_time(std::string_view text) {
  using namespace std::chrono;
  const int year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  const int hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  if (year < 1970 || month < 1 || day < 1 || hour < 0 || minute < 0 || second < 0) return {};
  const year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day))};
  nanoseconds total = sys_days(date).time_since_epoch() + hours(hour) + minutes(minute) + seconds(second);
  std::size_t place = 19;
  if (place < text.size() && text[place] == '.') {
    std::int64_t unit = 100'000'000;
    for (++place; place < text.size() && text[place] >= '0' && text[place] <= '9'; ++place, unit /= 10)
      total += nanoseconds((text[place] - '0') * unit);
  }
  if (place < text.size() && (text[place] == '+' || text[place] == '-')) {
    const int offset = digits(text, place + 1, 2) * 60 + digits(text, place + 4, 2);
    total -= minutes(text[place] == '+' ? offset : -offset);
  }
  return WallTime(duration_cast<WallTime::duration>(total));
}

}  // namespace crstack::engine
