// SPDX-License-Identifier: MIT
#include "scalar.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "crstack/base/base64.hpp"
#include "time_stamp.hpp"

namespace crstack::manifest {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Takes the base's mark (`0x`, `0o`, `0b` or a leading zero) off a number and gives the base.
int take_base(std::string_view& digits) {
  if (digits.size() < 2 || digits[0] != '0') return 10;
  const char mark = static_cast<char>(digits[1] | 0x20);
  if (mark != 'x' && mark != 'o' && mark != 'b') {
    digits.remove_prefix(1);
    return 8;
  }
  digits.remove_prefix(2);
  return mark == 'x' ? 16 : mark == 'o' ? 8 : 2;
}

std::optional<Node> integer(std::string_view text, Mark mark) {
  const bool negative = text[0] == '-';
  if (negative || text[0] == '+') text.remove_prefix(1);
  const int base = take_base(text);
  std::uint64_t size = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, size, base);
  if (stop != end || error != std::errc() || text.empty()) return {};
  constexpr auto limit = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (size <= limit + (negative ? 1 : 0))
    return Node::integer(static_cast<std::int64_t>(negative ? 0 - size : size), mark);
  if (negative) return {};
  return Node::string(std::to_string(size), mark);  // no field takes it as a number
}

/// Whether a text is digits with at most one point among them, and perhaps an exponent.
bool looks_real(std::string_view text) {
  std::size_t at = !text.empty() && (text[0] == '+' || text[0] == '-') ? 1 : 0;
  std::size_t digits = 0;
  const auto take_digits = [&] {
    for (; at < text.size() && is_digit(text[at]); ++at) ++digits;
  };
  take_digits();
  if (at < text.size() && text[at] == '.') {
    ++at;
    take_digits();
  }
  if (digits == 0) return false;
  if (at == text.size()) return true;
  if (text[at] != 'e' && text[at] != 'E') return false;
  ++at;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
  digits = 0;
  take_digits();
  return digits != 0 && at == text.size();
}

std::optional<Node> real(std::string_view text, Mark mark) {
  if (!looks_real(text)) return {};
  if (text[0] == '+') text.remove_prefix(1);
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size()) return {};
  return Node::real(value, mark);
}

std::optional<Node> number(std::string_view text, Mark mark) {
  std::string plain;
  if (text.find('_') != std::string_view::npos) {
    for (const char c : text)
      if (c != '_') plain += c;
    text = plain;
  }
  if (text.empty()) return {};
  if (auto node = integer(text, mark)) return node;
  return real(text, mark);
}

std::optional<Node> word(std::string_view text, Mark mark) {
  if (text == "true" || text == "True" || text == "TRUE") return Node::boolean(true, mark);
  if (text == "false" || text == "False" || text == "FALSE") return Node::boolean(false, mark);
  if (text == "null" || text == "Null" || text == "NULL" || text == "~" || text.empty())
    return Node::null(mark);
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const bool negative = text[0] == '-';
  const std::string_view rest = negative || text[0] == '+' ? text.substr(1) : text;
  if (rest == ".inf" || rest == ".Inf" || rest == ".INF")
    return Node::real(negative ? -infinity : infinity, mark);
  if (text == ".nan" || text == ".NaN" || text == ".NAN")
    return Node::real(std::numeric_limits<double>::quiet_NaN(), mark);
  return {};
}

}  // namespace

Node resolve_plain_scalar(std::string_view text, Mark mark) {
  if (text.empty()) return Node::null(mark);
  const char first = text[0];
  if (is_digit(first) || first == '-' || first == '+' || first == '.') {
    if (auto node = number(text, mark)) return std::move(*node);
    if (auto stamp = time_stamp(text)) return Node::time(std::move(*stamp), mark);
  }
  if (auto node = word(text, mark)) return std::move(*node);
  return Node::string(std::string(text), mark);
}

bool resolve_tagged_scalar(std::string_view tag, std::string_view text, Mark mark, Node& result) {
  constexpr std::string_view core = "tag:yaml.org,2002:";
  if (tag.substr(0, core.size()) != core) {
    result = Node::string(std::string(text), mark);
    return true;
  }
  tag.remove_prefix(core.size());
  if (tag == "binary") {
    result = Node::string(base64_decode(text), mark);
    return true;
  }
  result = resolve_plain_scalar(text, mark);
  if (tag == "int") return result.is_integer();
  if (tag == "bool") return result.is_boolean();
  if (tag == "null") return result.is_null();
  if (tag == "timestamp") return result.is_time();
  if (tag == "float") {
    if (!result.is_number()) return false;
    result = Node::real(result.as_real(), mark);
    return true;
  }
  result = Node::string(std::string(text), mark);
  return true;
}

}  // namespace crstack::manifest
