// SPDX-License-Identifier: MIT
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "crstack/base/text.hpp"
#include "crstack/base/units.hpp"
#include "key_path.hpp"
#include "manifest/keys/rule.hpp"
#include "manifest/syntax/syntax.hpp"
#include "stages.hpp"

namespace crstack::manifest {

namespace {

using keys::Key;
using keys::Print;
using keys::Rule;
using keys::Shape;
using syntax::SyntaxError;

std::int64_t whole(const Node& node) {
  if (node.is_integer()) return node.as_integer();
  if (node.is_boolean()) return node.as_boolean() ? 1 : 0;
  if (node.is_real()) {
    if (!(std::fabs(node.as_real()) < 9.2e18)) throw SyntaxError("the number is too large");
    return static_cast<std::int64_t>(node.as_real());
  }
  std::int64_t value = 0;
  const std::string text = node.scalar_text();
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size())
    throw SyntaxError("\"" + text + "\" is not a whole number");
  return value;
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

Node list_of(const std::vector<std::string>& texts, Mark mark) {
  Node list = Node::list(mark);
  for (const std::string& text : texts) list.push(Node::string(text, mark));
  return list;
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

Node texts(Node node) {
  if (!node.is_list()) {
    as_text(node);
    Node list = Node::list(node.mark);
    list.push(std::move(node));
    return list;
  }
  for (Node& item : node.as_list()) {
    if (item.is_real()) throw SyntaxError(item.scalar_text() + " must be a whole number or a string");
    as_text(item);
  }
  return node;
}

/// `NAME =value` would make a variable whose name no program asks for.
void no_space_behind(std::string_view name) {
  if (!name.empty() && std::string_view(" \t\r\n\v\f").find(name.back()) != std::string_view::npos)
    throw SyntaxError("the variable \"" + std::string(name) + "\" has a space behind its name");
}

enum class NameCheck : bool { none, no_space_behind };

/// Makes a map of texts from a map of scalars or a list of `KEY=VALUE`; a key without a value gets `unset`.
Node text_map(Node node, const Node& unset, NameCheck check = NameCheck::none) {
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

Node lone_item(Node node) {
  Node list = Node::list(node.mark);
  list.push(std::move(node));
  return list;
}

Node text_lists(Node node) {
  for (Map::Entry& entry : node.as_map()) {
    if (!entry.value.is_list()) entry.value = lone_item(std::move(entry.value));
    for (Node& item : entry.value.as_list()) as_text(item);
  }
  node.as_map().erase_if([](const Map::Entry& entry) { return entry.value.as_list().empty(); });
  return node;
}

void add_hosts(std::vector<std::string>& lines, const std::string& name, const Node& addresses) {
  for (const Node& address : addresses.as_list())
    lines.push_back(name + '=' + syntax::bare_address(address.as_string()));
}

/// `HOST=ADDRESS` lines in their order as texts.
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

/// A limit for both soft and hard; zero is shown as no limit at all.
Node single_limit(const Node& node) {
  if (node.is_real() || node.is_boolean()) throw SyntaxError(node.scalar_text() + " is not a whole number");
  const std::int64_t limit = whole(node);
  return limit == 0 ? Node::map(node.mark) : Node::integer(limit, node.mark);
}

/// Walks the tree along the key tables and converts values in place.
class Finisher {
 public:
  explicit Finisher(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void shape(Node& node, const Shape& shape) {
    if (!node.is_map()) return;
    for (Map::Entry& entry : node.as_map()) {
      const Key* key = shape.find(entry.key);
      if (!key) continue;
      path_.push(entry.key);
      value(entry.value, *key);
      path_.pop();
    }
    node.as_map().erase_if([&](const Map::Entry& entry) {
      const Key* key = shape.find(entry.key);
      return key ? key->omit == keys::Omit::dropped : entry.key.substr(0, 2) != "x-";
    });
  }

 private:
  void value(Node& node, const Key& key) {
    if (node.is_null() || is_wrong(key)) return;
    try {
      convert(node, key);
    } catch (const SyntaxError& wrong) {
      const std::string path = path_.text();
      diagnostics_.error(node.mark, path, path + ": " + wrong.what());
    }
  }

  /// Whether an earlier stage found a mistake in a value that has to be right as a whole.
  [[nodiscard]] bool is_wrong(const Key& key) const {
    if (!diagnostics_.has_errors()) return false;
    const bool in_parts =
        key.print == Print::shape || key.print == Print::shapes || key.print == Print::shape_map;
    return !in_parts && diagnostics_.has_error_in(path_.text());
  }

  void convert(Node& node, const Key& key) {
    const Mark mark = node.mark;
    switch (key.print) {
      case Print::keep:
        return;
      case Print::text:
        if (node.is_real()) throw SyntaxError(node.scalar_text() + " must be a whole number or a string");
        return as_text(node);
      case Print::boolean:
        node = Node::boolean(boolean(node), mark);
        return;
      case Print::integer:
        node = Node::integer(whole(node), mark);
        return;
      case Print::natural:
        node = Node::integer(natural(node), mark);
        return;
      case Print::plain_natural:
        if (node.is_string()) throw SyntaxError("a number is expected: write it without quotes");
        node = Node::integer(natural(node), mark);
        return;
      case Print::real:
        node = Node::real(real(node), mark);
        return;
      case Print::bytes:
        node = Node::string(bytes(node), mark);
        return;
      case Print::duration:
        node = Node::string(duration(node), mark);
        return;
      case Print::file_mode:
        node = Node::string(file_mode(node), mark);
        return;
      case Print::device_count:
        node = Node::integer(device_count(node), mark);
        return;
      default:
        convert_collection(node, key);
    }
  }

  void convert_collection(Node& node, const Key& key) {
    switch (key.print) {
      case Print::command:
        node = command(std::move(node));
        return;
      case Print::health_test:
        node = health_test(std::move(node));
        return;
      case Print::texts:
        node = texts(std::move(node));
        return;
      case Print::text_map:
      case Print::any_text_map:
        node = text_map(std::move(node), Node::string(""));
        return;
      case Print::variable_map:
        node = text_map(std::move(node), Node::null(), NameCheck::no_space_behind);
        return;
      case Print::text_lists:
        node = text_lists(std::move(node));
        return;
      case Print::hosts:
        node = hosts(std::move(node));
        return;
      case Print::ssh_keys:
        node = ssh_keys(std::move(node));
        return;
      default:
        convert_shapes(node, key);
    }
  }

  void convert_shapes(Node& node, const Key& key) {
    const Rule& rule = *key.rule;
    if (key.print == Print::shape) return shape(node, *rule.shape);
    if (key.print == Print::shapes) {
      for (std::size_t i = 0; node.is_list() && i < node.as_list().size(); ++i) {
        path_.push_index(i);
        shape(node.as_list()[i], *rule.items->shape);
        path_.pop();
      }
      return;
    }
    if (!node.is_map()) return;
    for (Map::Entry& entry : node.as_map()) {
      path_.push(entry.key);
      if (key.print == Print::ulimits && !entry.value.is_map())
        entry.value = single_limit(entry.value);
      else
        shape(entry.value, *rule.values->shape);
      path_.pop();
    }
  }

  Diagnostics& diagnostics_;
  KeyPath path_;
};

/// A resource without a word about it is one with nothing special.
void fill_in(Node* resources) {
  if (!resources || !resources->is_map()) return;
  for (Map::Entry& entry : resources->as_map())
    if (entry.value.is_null()) entry.value = Node::map(entry.key_mark);
}

}  // namespace

void finish(Node& tree, Diagnostics& diagnostics) {
  for (const char* section : {"networks", "volumes"}) fill_in(tree.find(section));
  Finisher(diagnostics).shape(tree, keys::manifest);
}

}  // namespace crstack::manifest
