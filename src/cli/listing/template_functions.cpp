// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdio>

#include "cli/listing/template_tree.hpp"
#include "crstack/base/text.hpp"

namespace crstack::cli {
namespace {

using Values = std::vector<Value>;

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::string title(std::string text) {
  bool start = true;
  for (auto& c : text) {
    if (start) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    start = c == ' ' || c == '-' || c == '_';
  }
  return text;
}

std::size_t end_of_character(const std::string& text, std::size_t start) {
  const auto goes_on = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  ++start;
  while (start < text.size() && goes_on(text[start])) ++start;
  return start;
}

// Where the separator is empty, each character is a part.
Value split_text(const Values& values) {
  Values parts;
  const auto text = to_text(values[0]);
  const auto separator = to_text(values[1]);
  for (std::size_t start = 0; start < text.size() || !separator.empty();) {
    const auto at = separator.empty() ? end_of_character(text, start) : text.find(separator, start);
    parts.emplace_back(text.substr(start, at - start));
    if (at == std::string::npos) break;
    start = at + separator.size();
  }
  return Value::list(std::move(parts));
}

Value join_texts(const Values& values) {
  std::string result;
  for (const auto& item : values[0].items)
    result += (result.empty() ? "" : to_text(values[1])) + to_text(item);
  return result;
}

// A place in a list or text of so many; its end is one too.
std::size_t place(const Value& which, std::size_t size) {
  if (which.kind != Value::Kind::number || which.number < 0 || which.number > static_cast<std::int64_t>(size))
    template_error("index out of range: " + to_text(which));
  return static_cast<std::size_t>(which.number);
}

Value element(const Value& from, const Value& which) {
  if (from.kind == Value::Kind::fields) {
    const auto* found = from.find(to_text(which));
    return found != nullptr ? *found : Value();
  }
  const bool of_text = from.kind == Value::Kind::text;
  const auto size = of_text ? from.text.size() : from.items.size();
  const auto at = place(which, size);
  if (at == size) template_error("index out of range: " + to_text(which));
  return of_text ? Value(static_cast<std::int64_t>(static_cast<unsigned char>(from.text[at])))
                 : from.items[at];
}

Value index(const Values& values) {
  auto value = values[0];
  for (std::size_t i = 1; i < values.size(); ++i) value = element(value, values[i]);
  return value;
}

Value slice(const Values& values) {
  const auto& from = values[0];
  const bool of_text = from.kind == Value::Kind::text;
  const auto size = of_text ? from.text.size() : from.items.size();
  const auto start = values.size() > 1 ? place(values[1], size) : 0;
  const auto end = values.size() > 2 ? place(values[2], size) : size;
  if (end < start)
    template_error("invalid slice index: " + std::to_string(start) + " > " + std::to_string(end));
  if (of_text) return from.text.substr(start, end - start);
  const auto at = [&](std::size_t i) { return from.items.begin() + static_cast<std::ptrdiff_t>(i); };
  return Value::list({at(start), at(end)});
}

Value length(const Values& values) {
  const auto& value = values[0];
  if (value.kind == Value::Kind::text) return static_cast<std::int64_t>(value.text.size());
  return static_cast<std::int64_t>(std::max(value.items.size(), value.fields.size()));
}

/// A number in another base, a text as its bytes in hexadecimal digits.
std::string in_base(const Value& value, int base) {
  std::array<char, 72> digits{};
  std::string result;
  const auto add = [&](std::int64_t number) {
    result.append(digits.data(), std::to_chars(digits.begin(), digits.end(), number, base).ptr);
  };
  if (value.kind == Value::Kind::number) add(value.number);
  for (const char c : value.text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 16) result += '0';
    add(byte);
  }
  return result;
}

/// What one verb makes of a value. `flags` is what stands before it: `-` or zeros, a width, `.` and how much
/// of a text is shown.
std::string formatted(const std::string& flags, char verb, const Value& value) {
  const int base = verb == 'x' || verb == 'X' ? 16 : verb == 'o' ? 8 : verb == 'b' ? 2 : 10;
  auto text = verb == 'q' ? go_string(to_text(value)) : base != 10 ? in_base(value, base) : to_text(value);
  if (verb == 'X') text = upper(text);
  const auto dot = std::min(flags.find('.'), flags.size());
  const auto digits = flags.find_first_of("123456789");
  const auto number_at = [&](std::size_t at) {
    return at < flags.size() ? std::strtoul(flags.c_str() + at, nullptr, 10) : 0;
  };
  if (dot < flags.size() && value.kind == Value::Kind::text) text = text.substr(0, number_at(dot + 1));
  const auto width = std::min(digits < dot ? number_at(digits) : 0, 1000UL);
  if (text.size() >= width) return text;
  if (flags.find('-') != std::string::npos) return text + std::string(width - text.size(), ' ');
  return std::string(width - text.size(), flags[0] == '0' ? '0' : ' ') + text;
}

Value print_formatted(const Values& values) {
  const auto format = to_text(values[0]);
  std::size_t next = 1;
  std::string result;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      result += format[i];
      continue;
    }
    const auto start = ++i;
    i = std::min(format.find_first_not_of("-+ #0123456789.", start), format.size() - 1);
    if (format[i] == '%')
      result += '%';
    else if (next < values.size())
      result += formatted(format.substr(start, i - start), format[i], values[next++]);
    else
      result += "%!" + std::string(1, format[i]) + "(MISSING)";
  }
  return result;
}

Value print_line(const Values& values) {
  std::string result;
  for (const auto& value : values) result += (result.empty() ? "" : " ") + to_text(value);
  return result + "\n";
}

// With a space between two neighbours of which neither is a text.
Value print_all(const Values& values) {
  std::string result;
  const Value* before = nullptr;
  for (const auto& value : values) {
    const bool apart =
        before != nullptr && before->kind != Value::Kind::text && value.kind != Value::Kind::text;
    result += (apart ? " " : "") + to_text(value);
    before = &value;
  }
  return result;
}

Value escape_html(const Values& values) {
  std::string result;
  for (const char c : to_text(print_all(values))) {
    switch (c) {
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '&':
        result += "&amp;";
        break;
      case '"':
        result += "&#34;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string with_code(const char* format, char c) {
  std::array<char, 8> code{};
  std::snprintf(code.data(), code.size(), format, static_cast<unsigned char>(c));
  return code.data();
}

Value escape_script(const Values& values) {
  std::string result;
  for (const char c : to_text(print_all(values))) {
    const bool coded =
        static_cast<unsigned char>(c) < 0x20 || std::string_view("<>&=").find(c) != std::string_view::npos;
    if (c == '\\' || c == '\'' || c == '"') result += '\\';
    result += coded ? with_code("\\u%04X", c) : std::string(1, c);
  }
  return result;
}

Value escape_query(const Values& values) {
  std::string result;
  for (const char c : to_text(print_all(values))) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                       std::string_view("-_.~").find(c) != std::string_view::npos;
    result += plain ? std::string(1, c) : c == ' ' ? "+" : with_code("%%%02X", c);
  }
  return result;
}

Value pad(const Values& values) {
  const auto spaces = [](const Value& count) {
    return std::string(static_cast<std::size_t>(std::clamp<std::int64_t>(count.number, 0, 1000)), ' ');
  };
  const auto text = to_text(values[0]);
  return text.empty() ? text : spaces(values[1]) + text + spaces(values[2]);
}

Value truncate(const Values& values) {
  return to_text(values[0]).substr(0, static_cast<std::size_t>(std::max<std::int64_t>(values[1].number, 0)));
}

bool less(const Value& a, const Value& b) {
  return a.kind == Value::Kind::number ? a.number < b.number : to_text(a) < to_text(b);
}

Value all_of(const Values& values) {
  for (const auto& value : values)
    if (!value.truthy()) return value;
  return values.back();
}

Value any_of(const Values& values) {
  for (const auto& value : values)
    if (value.truthy()) return value;
  return values.back();
}

Value equal(const Values& values) {
  return std::any_of(values.begin() + 1, values.end(),
                     [&](const Value& other) { return to_text(values[0]) == to_text(other); });
}

struct Function {
  const char* name;
  std::size_t least;
  Value (*call)(const Values&);
};

constexpr Function functions[] = {
    {"and", 1, all_of},
    {"eq", 2, equal},
    {"ge", 2, [](const Values& v) -> Value { return !less(v[0], v[1]); }},
    {"gt", 2, [](const Values& v) -> Value { return less(v[1], v[0]); }},
    {"html", 1, escape_html},
    {"index", 1, index},
    {"join", 2, join_texts},
    {"js", 1, escape_script},
    {"json", 1, [](const Values& v) -> Value { return to_json(v[0]); }},
    {"le", 2, [](const Values& v) -> Value { return !less(v[1], v[0]); }},
    {"len", 1, length},
    {"lower", 1, [](const Values& v) -> Value { return to_lower(to_text(v[0])); }},
    {"lt", 2, [](const Values& v) -> Value { return less(v[0], v[1]); }},
    {"ne", 2, [](const Values& v) -> Value { return to_text(v[0]) != to_text(v[1]); }},
    {"not", 1, [](const Values& v) -> Value { return !v[0].truthy(); }},
    {"or", 1, any_of},
    {"pad", 3, pad},
    {"print", 0, print_all},
    {"printf", 1, print_formatted},
    {"println", 0, print_line},
    {"slice", 1, slice},
    {"split", 2, split_text},
    {"title", 1, [](const Values& v) -> Value { return title(to_text(v[0])); }},
    {"truncate", 2, truncate},
    {"upper", 1, [](const Values& v) -> Value { return upper(to_text(v[0])); }},
    {"urlquery", 1, escape_query},
};

}  // namespace

Value call_template_function(const std::string& name, const std::vector<Value>& arguments) {
  const auto* found = std::find_if(std::begin(functions), std::end(functions),
                                   [&](const auto& one) { return name == one.name; });
  if (found == std::end(functions)) template_error("function \"" + name + "\" not defined");
  if (arguments.size() < found->least) template_error("wrong number of args for " + name);
  return found->call(arguments);
}

}  // namespace crstack::cli
