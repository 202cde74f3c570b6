// SPDX-License-Identifier: MIT
#include "yaml_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "manifest/time_stamp.hpp"

namespace crstack::manifest::write {

namespace {

struct Character {
  std::uint32_t code = 0;
  std::size_t length = 1;
  bool valid = true;
};

/// The UTF-8 character at `at`.
Character decode(std::string_view text, std::size_t at) {
  const auto first = static_cast<unsigned char>(text[at]);
  if (first < 0x80) return {first, 1, true};
  const std::size_t length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
  if (length == 0 || at + length > text.size()) return {first, 1, false};
  std::uint32_t code = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xC0) != 0x80) return {first, 1, false};
    code = (code << 6) | (next & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> least{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  return {code, length, code >= least[length] && code <= 0x10FFFF && !surrogate};
}

bool is_valid(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const Character c = decode(text, i);
    if (!c.valid) return false;
    i += c.length;
  }
  return true;
}

/// What may stand in a YAML file as it is. Characters beyond the basic plane are escaped.
bool is_printable(std::uint32_t code) {
  if (code == 0x0A || (code >= 0x20 && code <= 0x7E)) return true;
  if (code < 0xA0 || code == 0xFEFF || code == 0xFFFE || code == 0xFFFF) return false;
  return code <= 0xFFFD;
}

bool is_break(std::uint32_t code) {
  return code == '\n' || code == '\r' || code == 0x85 || code == 0x2028 || code == 0x2029;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

template <typename Value>
bool reads_as(std::string_view text, int base) {
  Value value{};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return !text.empty() && text[0] != '-' && read.ec == std::errc() && read.ptr == text.data() + text.size();
}

bool is_integer(std::string_view text) {
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
  int base = 10;
  if (text.size() > 1 && text[0] == '0') {
    const char mark = static_cast<char>(text[1] | 0x20);
    base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
    text.remove_prefix(mark == 'x' || mark == 'b' || mark == 'o' ? 2 : 1);
  }
  return reads_as<std::uint64_t>(text, base);
}

/// Digits with at most one point, and perhaps an exponent.
bool is_real(std::string_view text) {
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t first = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - first;
  };
  std::size_t count = digits();
  if (at < text.size() && text[at] == '.') {
    ++at;
    count += digits();
  }
  if (count == 0) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (digits() == 0) return false;
  }
  return at == text.size() && std::isfinite(std::strtod(std::string(text).c_str(), nullptr));
}

/// A number of YAML 1.1 in base 60: `22:22`, `1:30:40.5`.
bool is_sexagesimal(std::string_view text) {
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text[0])) return false;
  std::size_t at = 0;
  while (at < text.size() && (is_digit(text[at]) || text[at] == '_')) ++at;
  if (at == text.size() || text[at] != ':') return false;
  while (at < text.size() && text[at] == ':') {
    const std::size_t first = ++at;
    while (at < text.size() && is_digit(text[at])) ++at;
    const std::size_t count = at - first;
    if (count == 0 || count > 2 || (count == 2 && text[first] > '5')) return false;
  }
  if (at < text.size() && text[at] == '.')
    for (++at; at < text.size() && (is_digit(text[at]) || text[at] == '_');) ++at;
  return at == text.size();
}

constexpr std::string_view words[] = {"~",     "null",  "Null",  "NULL",  "true",  "True", "TRUE", "false",
                                      "False", "FALSE", "y",     "Y",     "yes",   "Yes",  "YES",  "on",
                                      "On",    "ON",    "n",     "N",     "no",    "No",   "NO",   "off",
                                      "Off",   "OFF",   ".nan",  ".NaN",  ".NAN",  ".inf", ".Inf", ".INF",
                                      "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF"};

bool is_word(std::string_view text) {
  constexpr std::size_t longest = 5;
  if (text.empty()) return true;
  if (text.size() > longest || std::string_view("~nNtTfFyYoO.+-").find(text[0]) == std::string_view::npos)
    return false;
  return std::find(std::begin(words), std::end(words), text) != std::end(words);
}

/// Most texts: a letter or a slash first, then nothing that could mean something to YAML.
bool is_surely_plain(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (text.empty() || (!is_letter(text[0]) && text[0] != '/') || text.back() == ':' || is_word(text))
    return false;
  for (const char c : text)
    if (!is_letter(c) && !(c >= '-' && c <= ':') && c != '_' && c != '=')
      return false;  // digits and - . / : too
  return true;
}

/// What the characters of a text forbid.
struct Marks {
  bool indicator = false;  ///< something that means something to YAML outside of quotes
  bool edge_space = false, trailing_space = false;
  bool special = false;  ///< a character that can only be shown escaped, or a tab
  bool escape = false;   ///< the same without the tab
  bool line_break = false, break_space = false, space_break = false;
};

bool is_blank_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return true;
  const std::uint32_t code = decode(text, at).code;
  return code == 0 || code == ' ' || code == '\t' || is_break(code);
}

bool is_indicator(std::string_view text, std::size_t at, bool after_blank) {
  const char c = text[at];
  const bool before_blank = is_blank_at(text, at + 1);
  if (at != 0) return (c == ':' && before_blank) || (c == '#' && after_blank);
  if (c == '-' || c == '?' || c == ':') return before_blank;
  return std::string_view("#,[]{}&*!|>'\"%@`").find(c) != std::string_view::npos;
}

Marks marks_of(std::string_view text) {
  Marks marks;
  marks.indicator = text.substr(0, 3) == "---" || text.substr(0, 3) == "...";
  bool after_blank = true;
  bool after_space = false;
  bool after_break = false;
  for (std::size_t i = 0; i < text.size();) {
    const Character c = decode(text, i);
    marks.indicator = marks.indicator || is_indicator(text, i, after_blank);
    if (c.code == '\t')
      marks.special = true;
    else if (!is_printable(c.code))
      marks.special = marks.escape = true;
    const bool edge = i == 0 || i + c.length == text.size();
    const bool space = c.code == ' ';
    const bool line_break = is_break(c.code);
    marks.edge_space = marks.edge_space || (edge && (space || line_break));
    marks.trailing_space = space && i + c.length == text.size();
    marks.break_space = marks.break_space || (space && after_break);
    marks.space_break = marks.space_break || (line_break && after_space);
    marks.line_break = marks.line_break || line_break;
    after_blank = is_blank_at(text, i);
    after_space = space;
    after_break = line_break;
    i += c.length;
  }
  return marks;
}

void escape(std::string& out, std::uint32_t code) {
  static constexpr std::string_view named = "\0\a\b\t\n\v\f\r\x1b\"\\";
  static constexpr std::string_view letters = "0abtnvfre\"\\";
  const std::string_view all(named.data(), letters.size());
  out += '\\';
  if (code < 0x80 && all.find(static_cast<char>(code)) != std::string_view::npos) {
    out += letters[all.find(static_cast<char>(code))];
  } else if (code == 0x85 || code == 0x2028 || code == 0x2029) {
    out += code == 0x85 ? 'N' : code == 0x2028 ? 'L' : 'P';
  } else {
    const int width = code <= 0xFF ? 2 : code <= 0xFFFF ? 4 : 8;
    out += width == 2 ? 'x' : width == 4 ? 'u' : 'U';
    for (int digit = width - 1; digit >= 0; --digit) out += "0123456789ABCDEF"[(code >> (digit * 4)) & 15];
  }
}

}  // namespace

bool is_ambiguous(std::string_view text) {
  if (is_word(text)) return true;
  const char first = text[0];
  if (!is_digit(first) && first != '+' && first != '-' && first != '.') return false;
  if (first == '.') return is_real(text);
  std::string plain;
  for (const char c : text)
    if (c != '_') plain += c;
  return is_integer(plain) || is_real(plain) || time_stamp(text).has_value() || is_sexagesimal(text);
}

Style style_of(std::string_view text, Place place) {
  if (is_surely_plain(text)) return Style::plain;
  if (!is_valid(text)) return Style::binary;
  const Marks marks = marks_of(text);
  if (text.find('\n') != std::string_view::npos) {
    const bool allowed =
        !marks.trailing_space && !marks.space_break && !marks.escape && place == Place::value;
    return allowed ? Style::literal : Style::double_quoted;
  }
  if (is_ambiguous(text)) return Style::double_quoted;
  if (marks.special || marks.space_break || marks.break_space) return Style::double_quoted;
  if (marks.line_break && place == Place::key) return Style::double_quoted;
  return marks.indicator || marks.edge_space || marks.line_break ? Style::single_quoted : Style::plain;
}

std::string single_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + '\'';
}

std::string double_quoted(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size();) {
    const Character c = decode(text, i);
    if (!is_printable(c.code) || is_break(c.code) || c.code == '"' || c.code == '\\')
      escape(out, c.code);
    else
      out += text.substr(i, c.length);
    i += c.length;
  }
  return out + '"';
}

std::string literal_header(std::string_view text, char indentation) {
  std::string header = "|";
  if (text[0] == ' ' || text[0] == '\n') header += indentation;
  if (text.back() != '\n')
    header += '-';
  else if (text.size() == 1 || text[text.size() - 2] == '\n')
    header += '+';
  return header;
}

}  // namespace crstack::manifest::write
