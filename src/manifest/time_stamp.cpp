// SPDX-License-Identifier: MIT
#include "time_stamp.hpp"

#include <array>

namespace crstack::manifest {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string two_digits(int number) {
  return {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
}

int days_of(int year, int month) {
  constexpr std::array<int, 12> days{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return days[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

/// Reads a time stamp off the front of a text, part by part, and writes it anew.
class TimeStampReader {
 public:
  explicit TimeStampReader(std::string_view text) : text_(text) {}

  std::optional<std::string> run() {
    if (!take_date()) return {};
    if (text_.empty()) return stamp_ + "T00:00:00Z";
    const bool with_zone = take("Tt");
    if (!with_zone && !take(" ")) return {};
    stamp_ += 'T';
    if (!take_time()) return {};
    if (with_zone ? !take_zone() : !text_.empty()) return {};
    return with_zone ? stamp_ : stamp_ + 'Z';
  }

 private:
  bool take(std::string_view any_of) {
    if (text_.empty() || any_of.find(text_[0]) == std::string_view::npos) return false;
    text_.remove_prefix(1);
    return true;
  }

  std::string_view take_digits(std::size_t most) {
    std::size_t count = 0;
    while (count < most && count < text_.size() && is_digit(text_[count])) ++count;
    const auto digits = text_.substr(0, count);
    text_.remove_prefix(count);
    return digits;
  }

  std::optional<int> take_number() {
    const auto digits = take_digits(2);
    if (digits.empty()) return {};
    return std::stoi(std::string(digits));
  }

  bool take_date() {
    const auto year = take_digits(4);
    if (year.size() != 4 || !take("-")) return false;
    const auto month = take_number();
    if (!month || *month < 1 || *month > 12 || !take("-")) return false;
    const auto day = take_number();
    if (!day || *day < 1 || *day > days_of(std::stoi(std::string(year)), *month)) return false;
    stamp_ = std::string(year) + '-' + two_digits(*month) + '-' + two_digits(*day);
    return true;
  }

  bool take_time() {
    constexpr std::array<int, 3> limits{24, 60, 60};
    for (std::size_t i = 0; i < limits.size(); ++i) {
      if (i != 0 && !take(":")) return false;
      const auto part = take_number();
      if (!part || *part >= limits.at(i)) return false;
      stamp_ += (i == 0 ? "" : ":") + two_digits(*part);
    }
    return !take(".,") || take_fraction();
  }

  bool take_fraction() {
    auto digits = take_digits(text_.size());
    if (digits.empty()) return false;
    digits = digits.substr(0, 9);  // nanoseconds
    while (!digits.empty() && digits.back() == '0') digits.remove_suffix(1);
    if (!digits.empty()) stamp_ += '.' + std::string(digits);
    return true;
  }

  bool take_zone() {
    const auto zone = std::string(text_);
    const bool offset = zone.size() == 6 && (zone[0] == '+' || zone[0] == '-') && zone[3] == ':' &&
                        is_digit(zone[1]) && is_digit(zone[2]) && is_digit(zone[4]) && is_digit(zone[5]);
    if (zone != "Z" && !offset) return false;
    stamp_ += zone.substr(1) == "00:00" ? "Z" : zone;
    return true;
  }

  std::string_view text_;
  std::string stamp_;
};

}  // namespace

std::optional<std::string> time_stamp(std::string_view text) {
  if (text.size() < 8 || text[4] != '-') return {};
  return TimeStampReader(text).run();
}

}  // namespace crstack::manifest
