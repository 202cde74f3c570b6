// SPDX-License-Identifier: MIT
#include <algorithm>

#include "convert.hpp"
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
      convert_value(node, key);
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

  void convert_value(Node& node, const Key& key) {
    const Mark mark = node.mark;
    switch (key.print) {
      case Print::keep:
        return;
      case Print::text:
        convert::whole_or_text(node);
        return convert::as_text(node);
      case Print::boolean:
        node = Node::boolean(convert::boolean(node), mark);
        return;
      case Print::integer:
        node = Node::integer(convert::whole(node), mark);
        return;
      case Print::natural:
        node = Node::integer(convert::natural(node), mark);
        return;
      case Print::plain_natural:
        if (node.is_string()) throw SyntaxError("a number is expected: write it without quotes");
        node = Node::integer(convert::natural(node), mark);
        return;
      case Print::real:
        node = Node::real(convert::real(node), mark);
        return;
      case Print::bytes:
        node = Node::string(convert::bytes(node), mark);
        return;
      case Print::duration:
        node = Node::string(convert::duration(node), mark);
        return;
      case Print::file_mode:
        node = Node::string(convert::file_mode(node), mark);
        return;
      case Print::device_count:
        node = Node::integer(convert::device_count(node), mark);
        return;
      default:
        convert_collection(node, key);
    }
  }

  void convert_collection(Node& node, const Key& key) {
    switch (key.print) {
      case Print::command:
        node = convert::command(std::move(node));
        return;
      case Print::health_test:
        node = convert::health_test(std::move(node));
        return;
      case Print::texts:
        node = convert::texts(std::move(node));
        return;
      case Print::text_map:
      case Print::any_text_map:
        node = convert::text_map(std::move(node), Node::string(""));
        return;
      case Print::text_options:
        convert::whole_or_texts(node);
        node = convert::text_map(std::move(node), Node::string(""));
        return;
      case Print::variable_map:
        node = convert::text_map(std::move(node), Node::null(), convert::NameCheck::no_space_behind);
        return;
      case Print::text_lists:
        node = convert::text_lists(std::move(node));
        return;
      case Print::hosts:
        node = convert::hosts(std::move(node));
        return;
      case Print::ssh_keys:
        node = convert::ssh_keys(std::move(node));
        return;
      default:
        convert_shapes(node, key);
    }
  }

  /// They are long by now, but for those with variables in them that were not replaced.
  void refuse_short_forms(const Node& list) {
    if (!list.is_list()) return;
    const auto& items = list.as_list();
    const auto found = std::find_if(items.begin(), items.end(), [](auto& item) { return !item.is_map(); });
    const std::string path = path_.text();
    if (found == items.end() || diagnostics_.has_error_in(path)) return;
    diagnostics_.error(found->mark, path, path + " can't be read before its variables are replaced",
                       "replace them, or write the long form");
  }

  void convert_shapes(Node& node, const Key& key) {
    const Rule& rule = *key.rule;
    if (key.print == Print::shape) return shape(node, *rule.shape);
    if (key.print == Print::shapes) {
      refuse_short_forms(node);
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
        entry.value = convert::single_limit(entry.value);
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
