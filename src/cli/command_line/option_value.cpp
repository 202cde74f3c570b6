// SPDX-License-Identifier: MIT
#include "cli/command_line/option_value.hpp"

#include <charconv>

#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"

namespace crstack::cli {
namespace {

std::string shown_names(const Option& row) {
  const auto letter = letter_of(row);
  const auto name = "--" + std::string(key_of(row));
  return letter.empty() ? name : "-" + std::string(letter) + ", " + name;
}

std::string read_flag(const Option& row, const std::string& value) {
  if (const auto read = parse_boolean(value)) return *read ? "true" : "false";
  throw UsageError("invalid argument \"" + value + "\" for \"" + shown_names(row) + "\" flag: not a boolean",
                   "Write true or false.");
}

}  // namespace

std::string checked_value(const Option& row, const std::string& value) {
  if (row.takes == Takes::flag) return read_flag(row, value);
  if (row.takes != Takes::number) return value;
  int number = 0;
  const auto* end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, number);
  if (error == std::errc{} && stop == end) return value;
  throw UsageError("invalid argument \"" + value + "\" for \"" + shown_names(row) +
                   "\" flag: not a whole number");
}

}  // namespace crstack::cli
