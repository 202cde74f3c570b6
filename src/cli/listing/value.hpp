// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crstack::cli {

/// What a `--format` template or `--format json` shows: a text, a number, a switch, a list, or named fields
/// in the order in which they are to be printed.
struct Value {
  enum class Kind { text, number, boolean, list, fields };
  Kind kind = Kind::text;
  std::string text;
  std::int64_t number = 0;
  bool boolean = false;
  std::vector<Value> items;
  std::vector<std::pair<std::string, Value>> fields;
  std::function<std::string(const std::string& key)> label;  ///< what a template's `.Label "key"` gives

  Value() = default;
  Value(std::string value) : text(std::move(value)) {}              // NOLINT: fields are written as literals
  Value(const char* value) : text(value) {}                         // NOLINT
  Value(std::int64_t value) : kind(Kind::number), number(value) {}  // NOLINT
  Value(int value) : kind(Kind::number), number(value) {}           // NOLINT
  Value(bool value) : kind(Kind::boolean), boolean(value) {}        // NOLINT
  static Value list(std::vector<Value> items);
  static Value record(std::vector<std::pair<std::string, Value>> fields);

  [[nodiscard]] const Value* find(std::string_view name) const;
  /// What `if` asks: not empty, not zero.
  [[nodiscard]] bool truthy() const;
};

/// Compact JSON with `<`, `>`, `&` and the line separators escaped, as Go writes it.
std::string to_json(const Value& value);
/// docker compose has two forms of JSON with each member on a line of its own: indented by two spaces, the
/// above escaped, and by four, `<`, `>`, `&` as they are.
enum class Indented : std::uint8_t { by_two = 2, by_four = 4 };
std::string to_indented_json(const Value& value, Indented form = Indented::by_two, std::size_t depth = 0);
std::string json_string(std::string_view text);
/// In double quotes and on one line, as Go quotes it: what a table shows of a command, and `%q` of a
/// template.
std::string go_string(std::string_view text);

/// As a template prints it: texts bare, lists in brackets.
std::string to_text(const Value& value);

}  // namespace crstack::cli
