// SPDX-License-Identifier: MIT
#include "convert.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "crstack/base/text.hpp"
#include "crstack/base/units.hpp"
#include "manifest/syntax/syntax.hpp"

namespace crstack::manifest::convert {

using syntax::SyntaxError;

namespace {

Node list_of(const std::vector<std::string>& texts, Mark mark) {
  Node list = Node::list(mark);
  for (const std::string& text : texts) list.push(Node::string(text, mark));
  return list;
}

/// `NAME =value` would make a variable whose name no program asks for.
void no_space_behind(std::string_view name) {
  if (!name.empty() && std::string_view(" \t\r\n\v\f").find(name.back()) != std::string_view::npos)
    throw SyntaxError("the variable \"" + std::string(name) + "\" has a space behind its name");
}

Node lone_item(Node node) {
  Node list = Node::list(node.mark);
  list.push(std::move(node));
  return list;
}

void add_hosts(std::vector<std::string>& lines, const std::string& name, const Node& addresses) {
  for (const Node& address : addresses.as_list())
    lines.push_back(name + '=' + syntax::bare_address(address.as_string()));
}

}  // namespace

std::int64_t whole(const Node& node) {
  if (node.is_integer()) return node.as_integer();
  if (node.is_boolean()) return node.as_boolean() ? 1 : 0;
  if (node.is_real()) {
    if (!(std::fabs(node.as_real()) < 9.2e18)) throw SyntaxError("the number is too large");
    return static_cast<std::int64_t>(node.as_real());
  }
  const auto value = parse_integer(node.scalar_text());
  if (!value) throw SyntaxError("\"" + node.scalar_text() + "\" is not a whole number");
  return *value;
}

std::int64_t natural(const Node& node) {
  const std::int64_t value = whole(node);
  if (value < 0) throw SyntaxError("the number must not be negative");
  return value;
}

bool boolean(const Node& node) {
  if (node.is_boolean()) return node.as_boolean();
  const std::string text = to_lower(node.scalar_text());
  for (const char* yes : {"true", "yes", "on", "y"})
    if (text == yes) return true;
  for (const char* no : {"false", "no", "off", "n"})
    if (text == no) return false;
  throw SyntaxError("\"" + node.scalar_text() + "\" is neither true nor false");
}

double real(const Node& node) {
  const std::optional<double> value = node.is_number() ? node.as_real() : parse_number(node.scalar_text());
  if (!value) throw SyntaxError("\"" + node.scalar_text() + "\" is not a number");
  if (!std::isfinite(*value)) throw SyntaxError("the number must be finite");
  return static_cast<double>(static_cast<float>(*value));
}

std::string bytes(const Node& node) {
  if (node.is_integer()) return std::to_string(node.as_integer());
  if (node.is_real()) return "0";
  const auto size = parse_byte_size(node.as_string());
  if (!size) throw SyntaxError("\"" + node.as_string() + "\" is not a byte size, such as 512m or 2gb");
  return std::to_string(*size);
}

std::string duration(const Node& node) {
  const std::string text = node.scalar_text();
  const auto value = parse_duration(text);
  if (!value) throw SyntaxError("\"" + text + "\" is not a duration, such as 30s or 1m30s");
  return format_duration(*value);
}

std::string file_mode(const Node& node) {
  std::int64_t mode = 0;
  if (node.is_string()) {
    const std::string& text = node.as_string();
    const auto read = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
    if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size())
      throw SyntaxError("\"" + text + "\" is not a file mode in octal, such as 0440");
  } else {
    if (node.is_real()) throw SyntaxError("a file mode must be a whole number");
    mode = whole(node);
  }
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, mode, 8).ptr;
  return '0' + std::string(buffer, end);
}

Node command(Node node) {
  return node.is_string() ? list_of(syntax::split_command(node.as_string()), node.mark) : std::move(node);
}

Node health_test(Node node) {
  return node.is_string() ? list_of({"CMD-SHELL", node.as_string()}, node.mark) : std::move(node);
}

void as_text(Node& node) {
  if (!node.is_string()) node = Node::string(node.scalar_text(), node.mark);
}

void whole_or_text(const Node& node) {
  if (node.is_real()) throw SyntaxError(node.scalar_text() + " must be a whole number or a string");
}

Node texts(Node node) {
  if (!node.is_list()) {
    as_text(node);
    Node list = Node::list(node.mark);
    list.push(std::move(node));
    return list;
  }
  for (Node& item : node.as_list()) {
    whole_or_text(item);
    as_text(item);
  }
  return node;
}

void whole_or_texts(const Node& map) {
  for (const Map::Entry& entry : map.as_map()) whole_or_text(entry.value);
}

Node text_map(Node node, const Node& unset, NameCheck check) {
  if (node.is_map()) {
    for (Map::Entry& entry : node.as_map()) {
      if (!entry.value.is_null())
        as_text(entry.value);
      else if (!unset.is_null())
        entry.value = Node::string("", entry.value.mark);
    }
    return node;
  }
  Node map = Node::map(node.mark);
  const Node lines = texts(std::move(node));
  for (const Node& item : lines.as_list()) {
    const std::string& text = item.as_string();
    const auto equals = text.find('=');
    if (check == NameCheck::no_space_behind) no_space_behind(std::string_view(text).substr(0, equals));
    Node value = equals == std::string::npos ? unset : Node::string(text.substr(equals + 1));
    value.mark = item.mark;
    map.set(std::string_view(text).substr(0, equals), std::move(value));
  }
  return map;
}

Node text_lists(Node node) {
  for (Map::Entry& entry : node.as_map()) {
    if (!entry.value.is_list()) entry.value = lone_item(std::move(entry.value));
    for (Node& item : entry.value.as_list()) as_text(item);
  }
  node.as_map().erase_if([](const Map::Entry& entry) { return entry.value.as_list().empty(); });
  return node;
}

Node hosts(Node node) {
  std::vector<std::string> lines;
  if (node.is_map()) {
    for (const Map::Entry& entry : node.as_map()) add_hosts(lines, entry.key, texts(entry.value));
  } else {
    const Node items = texts(node);
    for (const Node& item : items.as_list()) {
      const auto host = syntax::parse_extra_host(item.as_string());
      for (const std::string& address : split(host.address, ',')) lines.push_back(host.host + '=' + address);
    }
  }
  std::sort(lines.begin(), lines.end());
  return list_of(lines, node.mark);
}

Node ssh_keys(Node node) {
  const Node map = text_map(std::move(node), Node::null());
  std::vector<std::string> lines;
  for (const Map::Entry& entry : map.as_map())
    lines.push_back(entry.value.is_null() || entry.value.as_string().empty()
                        ? entry.key
                        : entry.key + ": " + entry.value.as_string());
  std::sort(lines.begin(), lines.end());
  return list_of(lines, map.mark);
}

std::int64_t device_count(const Node& node) {
  if (node.is_string() && to_lower(node.as_string()) == "all") return -1;
  if (node.is_real()) throw SyntaxError("a count must be a whole number or `all`");
  return whole(node);
}

Node single_limit(const Node& node) {
  if (node.is_real() || node.is_boolean()) throw SyntaxError(node.scalar_text() + " is not a whole number");
  const std::int64_t limit = whole(node);
  return limit == 0 ? Node::map(node.mark) : Node::integer(limit, node.mark);
}

}  // namespace crstack::manifest::convert
