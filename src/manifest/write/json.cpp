// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>

#include "crstack/manifest/write.hpp"
#include "json.hpp"
#include "manifest/merge.hpp"

namespace crstack::manifest::write {

namespace {

/// Bytes of the UTF-8 character at `at`; 0 where there is no valid one.
std::size_t character_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const std::size_t length = byte(0) < 0x80   ? 1
                             : byte(0) < 0xC2 ? 0
                             : byte(0) < 0xE0 ? 2
                             : byte(0) < 0xF0 ? 3
                             : byte(0) < 0xF5 ? 4
                                              : 0;
  if (length < 2) return length;
  if (at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  if (byte(0) == 0xE0 && byte(1) < 0xA0) return 0;
  if (byte(0) == 0xED && byte(1) > 0x9F) return 0;
  if (byte(0) == 0xF0 && byte(1) < 0x90) return 0;
  if (byte(0) == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

void escape(std::string& out, unsigned char c) {
  static constexpr std::string_view digits = "0123456789abcdef";
  out += "\\u00";
  out += digits[c >> 4];
  out += digits[c & 15];
}

/// How numbers look (JSON has none that is not finite): no exponent between 1e-6 and 1e21, and none with a
/// leading zero.
std::string number(double value, Width width) {
  if (!std::isfinite(value)) return "null";
  const double size = std::fabs(value);
  const double small = width == Width::bits32 ? static_cast<double>(1e-6F) : 1e-6;
  const bool scientific = size != 0 && (size < small || size >= 1e21);
  std::string text = shortest_text(value, width, scientific ? Notation::scientific : Notation::fixed);
  const auto exponent = text.find("e-0");
  if (exponent != std::string::npos) text.erase(exponent + 2, 1);
  return text;
}

}  // namespace

void JsonWriter::text(std::string_view value) {
  out_ += '"';
  for (std::size_t i = 0; i < value.size();) {
    const std::size_t length = character_length(value, i);
    if (length == 0) {
      out_ += "\\ufffd";
      ++i;
      continue;
    }
    if (length == 1)
      character(value[i]);
    else if (value.substr(i, 3) == "\xE2\x80\xA8" || value.substr(i, 3) == "\xE2\x80\xA9")
      out_ += value[i + 2] == '\xA8' ? "\\u2028" : "\\u2029";
    else
      out_ += value.substr(i, length);
    i += length;
  }
  out_ += '"';
}

void JsonWriter::character(char c) {
  switch (c) {
    case '"':
    case '\\':
      out_ += '\\';
      out_ += c;
      return;
    case '\b':
      out_ += "\\b";
      return;
    case '\f':
      out_ += "\\f";
      return;
    case '\n':
      out_ += "\\n";
      return;
    case '\r':
      out_ += "\\r";
      return;
    case '\t':
      out_ += "\\t";
      return;
    case '$':
      out_ += dollars_ == Dollars::doubled ? "$$" : "$";
      return;
    default:
      break;
  }
  if (static_cast<unsigned char>(c) < 0x20 || c == '<' || c == '>' || c == '&')
    escape(out_, static_cast<unsigned char>(c));
  else
    out_ += c;
}

bool JsonWriter::is_hidden(std::string_view key) const {
  return depth_ == 1 && std::find(hidden_.begin(), hidden_.end(), key) != hidden_.end();
}

void JsonWriter::line() {
  if (indentation_ == Indentation::none) return;
  out_ += '\n';
  out_.append(depth_ * static_cast<std::size_t>(indentation_), ' ');
}

void JsonWriter::value(const Node& node, const Plan& plan) {
  switch (node.kind()) {
    case Kind::null:
      out_ += "null";
      return;
    case Kind::boolean:
      out_ += node.as_boolean() ? "true" : "false";
      return;
    case Kind::integer:
      out_ += std::to_string(node.as_integer());
      return;
    case Kind::real:
      out_ += number(node.as_real(), width_of(plan));
      return;
    case Kind::time:
      return text(node.scalar_text());
    case Kind::string:
      return text(node.as_string());
    case Kind::list:
      return list(node, plan);
    case Kind::map:
      return map(node, plan);
  }
}

void JsonWriter::list(const Node& node, const Plan& plan) {
  const bool defined = raw_ ? has_unique_items(path_) : plan.key != nullptr;
  if (node.as_list().empty() && !defined) {  // as docker compose writes what it hasn't touched
    out_ += "null";
    return;
  }
  const Plan each = item_plan(plan);
  out_ += '[';
  ++depth_;
  bool first = true;
  for (const Node& item : node.as_list()) {
    if (!first) out_ += ',';
    first = false;
    line();
    value(item, each);
  }
  --depth_;
  if (!first) line();
  out_ += ']';
}

void JsonWriter::map(const Node& node, const Plan& plan) {
  const bool capitalised = plan.shape && plan.shape->capitalised;
  out_ += '{';
  ++depth_;
  bool first = true;
  for (const Entry& entry : entries(node, plan, Format::json)) {
    if (is_hidden(entry.name)) continue;
    if (!first) out_ += ',';
    first = false;
    line();
    std::string name(entry.name);
    if (capitalised) name[0] = static_cast<char>(name[0] - 'a' + 'A');
    text(name);
    out_ += indentation_ == Indentation::none ? ":" : ": ";
    if (raw_) path_.push_back(entry.name);
    value(entry.value ? *entry.value : zero_of(*entry.plan.key), entry.plan);
    if (raw_) path_.pop_back();
  }
  --depth_;
  if (!first) line();
  out_ += '}';
}

}  // namespace crstack::manifest::write

namespace crstack::manifest {

std::string to_json(const Node& model, Dollars dollars) {
  return write::JsonWriter(Indentation::two, dollars).write(model, {nullptr, &keys::manifest});
}

std::string raw_to_json(const Node& tree, Indentation indentation) {
  return write::JsonWriter(indentation, Dollars::as_they_are).write_raw(tree);
}

}  // namespace crstack::manifest
