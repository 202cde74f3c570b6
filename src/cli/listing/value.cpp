// SPDX-License-Identifier: MIT
#include "cli/listing/value.hpp"

#include <cstdio>

#include "crstack/base/text.hpp"
#include "ui/utf8.hpp"

namespace crstack::cli {
namespace {

std::string escaped(char c) {
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    case '\b':
      return "\\b";
    case '\f':
      return "\\f";
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x20 && c != '<' && c != '>' && c != '&') return std::string(1, c);
  char code[8];
  std::snprintf(code, sizeof code, "\\u%04x", byte);
  return code;
}

}  // namespace

Value Value::list(std::vector<Value> items) {
  Value value;
  value.kind = Kind::list;
  value.items = std::move(items);
  return value;
}

Value Value::record(std::vector<std::pair<std::string, Value>> fields) {
  Value value;
  value.kind = Kind::fields;
  value.fields = std::move(fields);
  return value;
}

const Value* Value::find(std::string_view name) const {
  for (const auto& [key, value] : fields)
    if (key == name) return &value;
  return nullptr;
}

bool Value::truthy() const {
  switch (kind) {
    case Kind::text:
      return !text.empty();
    case Kind::number:
      return number != 0;
    case Kind::boolean:
      return boolean;
    case Kind::list:
      return !items.empty();
    case Kind::fields:
      return true;
  }
  return false;
}

std::string json_string(std::string_view text) {
  std::string result = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool separator = text.substr(i, 2) == "\xE2\x80" && i + 2 < text.size() &&
                           (text[i + 2] == '\xA8' || text[i + 2] == '\xA9');  // U+2028, U+2029
    if (separator) {
      result += text[i + 2] == '\xA8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      result += escaped(text[i]);
    }
  }
  return result + "\"";
}

std::string go_string(std::string_view text) {
  static constexpr std::string_view characters = "\"\\\a\b\f\n\r\t\v", names = "\"\\abfnrtv";
  std::string result = "\"";
  while (!text.empty()) {
    const auto point = ui::next_point(text);
    const auto named = point.bytes == 1 ? characters.find(text.front()) : std::string_view::npos;
    const bool readable =
        point.value >= 0x20 && point.value != 0x7f && !(point.value == 0xfffd && point.bytes == 1);
    if (named != std::string_view::npos) {
      result += {'\\', names[named]};
    } else if (readable) {
      result += text.substr(0, point.bytes);
    } else {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned char>(text.front()));
      result += escape;
    }
    text.remove_prefix(point.bytes);
  }
  return result + "\"";
}

std::string to_json(const Value& value) {
  std::string result;
  switch (value.kind) {
    case Value::Kind::text:
      return json_string(value.text);
    case Value::Kind::number:
      return std::to_string(value.number);
    case Value::Kind::boolean:
      return value.boolean ? "true" : "false";
    case Value::Kind::list:
      for (const auto& item : value.items) result += (result.empty() ? "" : ",") + to_json(item);
      return "[" + result + "]";
    case Value::Kind::fields:
      for (const auto& [name, field] : value.fields)
        result += (result.empty() ? "" : ",") + json_string(name) + ":" + to_json(field);
      return "{" + result + "}";
  }
  return result;
}

std::string to_indented_json(const Value& value, Indented form, std::size_t depth) {
  const bool list = value.kind == Value::Kind::list;
  const auto name_of = form == Indented::by_four ? ui::json_quote : json_string;
  std::vector<std::string> members;
  for (const auto& item : value.items) members.push_back(to_indented_json(item, form, depth + 1));
  for (const auto& [name, field] : value.fields)
    members.push_back(name_of(name) + ": " + to_indented_json(field, form, depth + 1));
  if (members.empty()) return value.kind == Value::Kind::text ? name_of(value.text) : to_json(value);
  const std::string step(static_cast<std::size_t>(form), ' ');
  const auto line = "\n" + std::string(depth * step.size(), ' ');
  return (list ? "[" : "{") + line + step + join(members, "," + line + step) + line + (list ? "]" : "}");
}

std::string to_text(const Value& value) {
  std::string result;
  switch (value.kind) {
    case Value::Kind::text:
      return value.text;
    case Value::Kind::number:
      return std::to_string(value.number);
    case Value::Kind::boolean:
      return value.boolean ? "true" : "false";
    case Value::Kind::list:
      for (const auto& item : value.items) result += (&item == value.items.data() ? "" : " ") + to_text(item);
      return "[" + result + "]";
    case Value::Kind::fields:
      for (const auto& entry : value.fields)
        result += (&entry == value.fields.data() ? "" : " ") + to_text(entry.second);
      return "{" + result + "}";
  }
  return result;
}

}  // namespace crstack::cli
