// SPDX-License-Identifier: MIT
#include <cmath>
#include <map>
#include <regex>
#include <unordered_set>

#include "crstack/base/text.hpp"
#include "crstack/base/units.hpp"
#include "key_path.hpp"
#include "manifest/keys/rule.hpp"
#include "stages.hpp"

namespace crstack::manifest {

namespace {

using keys::Accepts;
using keys::Key;
using keys::Names;
using keys::Rule;
using keys::Shape;

bool is_extension(std::string_view key) {
  return key.substr(0, 2) == "x-";
}

/// A number without a fraction counts as whole, however it is written.
bool is_whole(const Node& node) {
  return node.is_integer() ||
         (node.is_real() && std::isfinite(node.as_real()) && std::trunc(node.as_real()) == node.as_real());
}

bool accepts(const Rule& rule, const Node& node) {
  const auto takes = [&](Accepts kind) { return (rule.accepts & kind) != 0; };
  switch (node.kind()) {
    case Kind::null:
      return takes(keys::null);
    case Kind::boolean:
      return takes(keys::boolean);
    case Kind::integer:
    case Kind::real:
      return takes(keys::number) || (takes(keys::integer) && is_whole(node));
    case Kind::time:
      return false;
    case Kind::string:
      return takes(keys::text);
    case Kind::list:
      return takes(keys::list);
    case Kind::map:
      return takes(keys::map);
  }
  return false;
}

const char* kind_name(const Node& node) {
  switch (node.kind()) {
    case Kind::null:
      return "empty";
    case Kind::boolean:
      return "a boolean";
    case Kind::integer:
    case Kind::real:
      return "a number";
    case Kind::time:
      return "a date";
    case Kind::string:
      return "a string";
    case Kind::list:
      return "a list";
    case Kind::map:
      return "a mapping";
  }
  return "";
}

/// `a number, string or list`: what a rule accepts, in docker compose's words, which people look for.
std::string accepted_names(const Rule& rule) {
  if (rule.accepts == keys::list) return "a array";
  struct Name {
    Accepts kind;
    const char* name;
  };
  constexpr Name names[] = {{keys::boolean, "boolean"}, {keys::integer, "integer"}, {keys::number, "number"},
                            {keys::text, "string"},     {keys::map, "mapping"},     {keys::list, "list"}};
  std::vector<std::string> parts;
  for (const Name& row : names)
    if ((rule.accepts & row.kind) != 0) parts.emplace_back(row.name);
  const std::string article = !parts.empty() && parts.front() == "integer" ? "an " : "a ";
  if (parts.size() < 2) return article + join(parts, "");
  const std::string last = parts.back();
  parts.pop_back();
  return article + join(parts, ", ") + " or " + last;
}

bool is_resource_name(std::string_view name) {
  return !name.empty() && name.find_first_not_of(
                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                              "0123456789._-") == std::string_view::npos;
}

bool is_lower_case(std::string_view name) {
  return !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string_view::npos;
}

bool matches(const std::string& text, std::string_view pattern) {
  static std::map<std::string_view, std::regex> compiled;
  auto found = compiled.find(pattern);
  if (found == compiled.end())
    found = compiled.emplace(pattern, std::regex(std::string(pattern), std::regex::extended)).first;
  return std::regex_search(text, found->second);
}

/// Walks a tree along the rules. Reports what is wrong, and goes on.
class Validator {
 public:
  explicit Validator(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void check_shape(const Node& node, const Shape& shape) {
    for (const Map::Entry& entry : node.as_map()) {
      path_.push(entry.key);
      const Key* key = shape.find(entry.key);
      if (key)
        check(entry.value, *key->rule);
      else if (!shape.open && !(shape.extensions && is_extension(entry.key)))
        unknown_key(entry, shape);
      path_.pop();
    }
    for (const std::string_view name : shape.required)
      if (!node.find(name))
        error(node.mark, " missing property '" + std::string(name) + "'",
              "add `" + std::string(name) + ": …`");
  }

 private:
  void check(const Node& node, const Rule& rule) {
    if (!accepts(rule, node)) return wrong_kind(node, rule);
    if (node.is_string()) check_text(node, rule);
    if (node.is_number()) check_range(node, rule);
    if (node.is_list()) check_list(node, rule);
    if (node.is_map() && rule.shape) check_shape(node, *rule.shape);
    if (node.is_map() && !rule.shape) check_map(node, rule);
  }

  void check_text(const Node& node, const Rule& rule) {
    const std::string& text = node.as_string();
    if (!rule.choices.empty()) {
      for (const std::string_view choice : rule.choices)
        if (choice == text) return;
      wrong_choice(node, rule);
    }
    if (!rule.pattern.empty() && !matches(text, rule.pattern))
      error(node.mark, " \"" + text + "\" does not match pattern '" + std::string(rule.pattern) + "'");
  }

  void check_range(const Node& node, const Rule& rule) {
    if (rule.minimum == Rule().minimum && rule.maximum == Rule().maximum) return;
    const double value = node.as_real();
    if (value < static_cast<double>(rule.minimum))
      error(node.mark, " must be at least " + std::to_string(rule.minimum));
    if (value > static_cast<double>(rule.maximum))
      error(node.mark, " must be at most " + std::to_string(rule.maximum));
  }

  void check_list(const Node& node, const Rule& rule) {
    const List& items = node.as_list();
    for (std::size_t i = 0; rule.items && i < items.size(); ++i) {
      path_.push_index(i);
      check(items[i], *rule.items);
      path_.pop();
    }
    if (rule.unique) check_unique(items);
  }

  /// A number is the same as a text before it that reads as one.
  void check_unique(const List& items) {
    std::unordered_set<std::string> texts;
    std::unordered_set<double> numbers_in_texts;
    std::vector<const Node*> others;
    for (const Node& item : items) {
      bool repeated = item.is_number() && numbers_in_texts.contains(item.as_real());
      if (const auto number = item.is_string() ? parse_number(item.as_string()) : std::nullopt)
        numbers_in_texts.insert(*number);
      if (item.is_scalar() && !repeated) {
        repeated = !texts.insert((item.is_string() ? "s" : "n") + item.scalar_text()).second;
      } else if (!item.is_scalar()) {
        for (const Node* other : others) repeated = repeated || *other == item;
        others.push_back(&item);
      }
      if (repeated) error(item.mark, " has an entry twice", "remove one of them");
    }
  }

  void check_map(const Node& node, const Rule& rule) {
    for (const Map::Entry& entry : node.as_map()) {
      path_.push(entry.key);
      if (is_checked(entry, rule) && rule.values) check(entry.value, *rule.values);
      path_.pop();
    }
  }

  /// Whether the value under this name is checked; reports a name that is not allowed.
  bool is_checked(const Map::Entry& entry, const Rule& rule) {
    switch (rule.names) {
      case Names::any:
        if (entry.key.empty()) error(entry.key_mark, "\"\" is not allowed: the name is empty");
        return !entry.key.empty();
      case Names::loose:
        return is_resource_name(entry.key);
      case Names::lower_case:
        return is_lower_case(entry.key);
      case Names::resource:
        break;
    }
    if (is_resource_name(entry.key)) return true;
    not_allowed(entry, "use letters, digits, '.', '_' and '-'");
    return false;
  }

  void wrong_kind(const Node& node, const Rule& rule) {
    const std::string expected = accepted_names(rule);
    const bool quotable = node.is_scalar() && (rule.accepts & keys::text) != 0;
    const std::string hint = node.is_null() ? "give it a value, or remove the key"
                             : quotable     ? "put the value in quotes"
                                            : "";
    error(node.mark, " must be " + expected + (node.is_null() ? ", but it is " : ", not ") + kind_name(node),
          hint);
  }

  void wrong_choice(const Node& node, const Rule& rule) {
    std::vector<std::string> choices(rule.choices.begin(), rule.choices.end());
    const std::string close = closest_match(node.as_string(), choices);
    error(
        node.mark,
        " value must be " + std::string(choices.size() > 1 ? "one of '" : "'") + join(choices, "', '") + "'",
        close.empty() ? "" : "did you mean `" + close + "`?");
  }

  void unknown_key(const Map::Entry& entry, const Shape& shape) {
    std::vector<std::string> names;
    for (const Key& key : shape.keys) names.emplace_back(key.name);
    const std::string close = closest_match(entry.key, names);
    const std::string hint = !close.empty()     ? "did you mean `" + close + "`?"
                             : shape.extensions ? "a key of your own must start with `x-`"
                                                : "";
    not_allowed(entry, hint);
  }

  /// In docker compose's words. `entry` is where the path ends.
  void not_allowed(const Map::Entry& entry, std::string hint) {
    const std::string path = path_.text();
    path_.pop();
    const std::string above = path_.text();
    path_.push(entry.key);
    diagnostics_.error(
        entry.key_mark, path,
        above + (above.empty() ? "" : " ") + "additional properties '" + entry.key + "' not allowed",
        std::move(hint));
  }

  void error(Mark mark, const std::string& what, std::string hint = {}) {
    const std::string path = path_.text();
    diagnostics_.error(mark, path, path + what, std::move(hint));
  }

  Diagnostics& diagnostics_;
  KeyPath path_;
};

}  // namespace

void validate(const Node& tree, Diagnostics& diagnostics) {
  Validator(diagnostics).check_shape(tree, keys::manifest);
}

}  // namespace crstack::manifest
