// SPDX-License-Identifier: MIT
#include "layout.hpp"

#include <algorithm>
#include <string>

namespace crstack::manifest::write {

namespace {

using keys::Key;
using keys::Omit;
using keys::Print;
using keys::Shape;

bool is_empty(const Node& node, Print print) {
  switch (node.kind()) {
    case Kind::null:
      return true;
    case Kind::boolean:
      return !node.as_boolean();
    case Kind::integer:
    case Kind::real:
      return node.as_real() == 0;
    case Kind::time:
      return false;
    case Kind::string:
      if (print == Print::bytes) return node.as_string() == "0";
      if (print == Print::duration) return node.as_string() == "0s";
      return node.as_string().empty();
    case Kind::list:
      return node.as_list().empty();
    case Kind::map:
      return node.as_map().empty();
  }
  return true;
}

Plan plan_of(const Key& key) {
  return {&key, key.print == Print::shape ? key.rule->shape : nullptr};
}

bool is_shown(const Node* value, const Key& key, Format format) {
  const bool set = value && !value->is_null();
  switch (key.omit) {
    case Omit::empty:
      return set && !is_empty(*value, key.print);
    case Omit::absent:
      return set;
    case Omit::json_null:
      return format == Format::json || set;
    case Omit::json_map:
      return format == Format::json || (set && !entries(*value, plan_of(key), format).empty());
    case Omit::json_zero:
      return format == Format::yaml || (set && !is_empty(*value, key.print));
    case Omit::never:
      return true;
    case Omit::dropped:
      break;
  }
  return false;
}

std::vector<Entry> free_entries(const Node& map, const Plan& each, Format format) {
  std::vector<Entry> list;
  list.reserve(map.as_map().size());
  for (const Map::Entry& entry : map.as_map()) list.push_back({entry.key, &entry.value, each});
  sort(list, format);
  return list;
}

std::vector<Entry> shape_entries(const Node& map, const Shape& shape, Format format) {
  std::vector<Entry> list;
  for (const Key& key : shape.keys) {
    const Node* value = map.find(key.name);
    const bool left_out = format == Format::json && &shape == &keys::manifest && key.name == "models";
    if (!left_out && is_shown(value, key, format)) list.push_back({key.name, value, plan_of(key)});
  }
  const bool top = &shape == &keys::manifest;
  std::vector<Entry> extensions;
  if ((format == Format::yaml && shape.shows_extensions) || top)
    for (const Map::Entry& entry : map.as_map())
      if (entry.key.substr(0, 2) == "x-") extensions.push_back({entry.key, &entry.value, {}});
  sort(extensions, format);
  list.insert(list.end(), extensions.begin(), extensions.end());
  if (format == Format::json && top) sort(list, format);
  return list;
}

/// How the values of a map with free keys are written.
Plan value_plan(const Plan& plan) {
  if (!plan.key) return {};
  const bool shaped = plan.key->print == Print::shape_map || plan.key->print == Print::ulimits;
  return {nullptr, shaped ? plan.key->rule->values->shape : nullptr};
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Letters of other scripts count as letters here, whatever they are.
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

struct Digits {
  std::int64_t value = 0;
  std::size_t end = 0;
};

Digits read_digits(std::string_view text, std::size_t at, std::int64_t value) {
  for (; at < text.size() && is_digit(text[at]); ++at)
    value = static_cast<std::int64_t>(static_cast<std::uint64_t>(value) * 10 +
                                      static_cast<std::uint64_t>(text[at] - '0'));
  return {value, at};
}

/// Whether a digit other than zero stands right before `at`: then a zero at `at` is no leading one.
bool inside_number(std::string_view text, std::size_t at) {
  while (at > 0 && is_digit(text[at - 1]))
    if (text[--at] != '0') return true;
  return false;
}

bool numbers_less(std::string_view a, std::string_view b, std::size_t at) {
  const bool zero = a[at] == '0' || b[at] == '0';
  const std::int64_t before = zero && inside_number(a, at) ? 1 : 0;
  const Digits left = read_digits(a, at, before);
  const Digits right = read_digits(b, at, before);
  if (left.value != right.value) return left.value < right.value;
  if (left.end != right.end) return left.end < right.end;
  return a[at] < b[at];
}

}  // namespace

std::vector<Entry> entries(const Node& map, const Plan& plan, Format format) {
  if (!map.is_map()) return {};
  if (plan.shape) return shape_entries(map, *plan.shape, format);
  return free_entries(map, value_plan(plan), format);
}

void sort(std::vector<Entry>& list, Format format) {
  std::sort(list.begin(), list.end(), [format](const Entry& a, const Entry& b) {
    return format == Format::json ? a.name < b.name : natural_less(a.name, b.name);
  });
}

Plan item_plan(const Plan& plan) {
  if (!plan.key || plan.key->print != Print::shapes) return {};
  return {nullptr, plan.key->rule->items->shape};
}

bool natural_less(std::string_view a, std::string_view b) {
  bool after_digit = false;
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (a[i] == b[i]) {
      after_digit = is_digit(a[i]);
      continue;
    }
    const bool left = is_letter(a[i]);
    const bool right = is_letter(b[i]);
    if (left && right) return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[i]);
    if (left || right) return after_digit ? left : right;
    return numbers_less(a, b, i);
  }
  return a.size() < b.size();
}

const Node& zero_of(const keys::Key& key) {
  static const Node null;
  static const Node number = Node::integer(0);
  static const Node size = Node::string("0");
  static const Node text = Node::string("");
  static const Node map = Node::map();
  switch (key.print) {
    case Print::integer:
    case Print::plain_natural:
      return number;
    case Print::bytes:
      return size;
    case Print::text:
      return text;
    case Print::shape:
    case Print::shape_map:
      return map;
    default:
      return null;
  }
}

Width width_of(const Plan& plan) {
  return plan.key && plan.key->print == Print::real ? Width::bits32 : Width::bits64;
}

}  // namespace crstack::manifest::write
