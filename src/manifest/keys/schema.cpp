// SPDX-License-Identifier: MIT
#include <limits>
#include <vector>

#include "crstack/manifest/node.hpp"
#include "crstack/manifest/reference.hpp"
#include "crstack/manifest/write.hpp"
#include "rule.hpp"

namespace crstack::manifest {

namespace {

using keys::Accepts;
using keys::Key;
using keys::Names;
using keys::Rule;
using keys::Shape;

Node text(std::string_view value) {
  return Node::string(std::string(value));
}

Node rule_schema(const Rule& rule);

/// Puts a map's known keys into `schema`.
void add_shape(Node& schema, const Shape& shape) {
  Node properties = Node::map();
  for (const Key& key : shape.keys) {
    Node property = rule_schema(*key.rule);
    if (!key.summary.empty()) property.set("description", text(key.summary));
    properties.set(key.name, std::move(property));
  }
  schema.set("properties", std::move(properties));
  if (!shape.required.empty()) {
    Node required = Node::list();
    for (const std::string_view name : shape.required) required.push(text(name));
    schema.set("required", std::move(required));
  }
  schema.set("additionalProperties", Node::boolean(shape.open));
  if (!shape.extensions) return;
  Node patterns = Node::map();
  patterns.set("^x-", Node::map());
  schema.set("patternProperties", std::move(patterns));
}

std::string_view name_pattern(Names names) {
  switch (names) {
    case Names::any:
      return ".+";
    case Names::lower_case:
      return "^[a-z]+$";
    case Names::resource:
    case Names::loose:
      break;
  }
  return "^[a-zA-Z0-9._-]+$";
}

void add_free_map(Node& schema, const Rule& rule) {
  Node patterns = Node::map();
  patterns.set(name_pattern(rule.names), rule.values ? rule_schema(*rule.values) : Node::map());
  schema.set("patternProperties", std::move(patterns));
  const bool closed = rule.names == Names::any || rule.names == Names::resource;
  if (closed) schema.set("additionalProperties", Node::boolean(false));
}

void add_limits(Node& schema, const Rule& rule) {
  using Limits = std::numeric_limits<std::int64_t>;
  if (rule.minimum != Limits::min()) schema.set("minimum", Node::integer(rule.minimum));
  if (rule.maximum != Limits::max()) schema.set("maximum", Node::integer(rule.maximum));
  if (!rule.pattern.empty()) schema.set("pattern", text(rule.pattern));
}

/// The choices hold for texts; a rule that takes other kinds beside them says so with `anyOf`.
void add_choices(Node& schema, const Rule& rule) {
  if (rule.choices.empty()) return;
  Node choices = Node::list();
  for (const std::string_view choice : rule.choices) choices.push(text(choice));
  if (rule.accepts == keys::text) {
    schema.set("enum", std::move(choices));
    return;
  }
  Node chosen = Node::map();
  chosen.set("enum", std::move(choices));
  Node other = Node::map();
  other.set("type", text("array"));
  Node any = Node::list();
  any.push(std::move(chosen));
  any.push(std::move(other));
  schema.set("anyOf", std::move(any));
}

Node kinds(const Rule& rule) {
  struct Name {
    Accepts kind;
    const char* name;
  };
  constexpr Name names[] = {{keys::null, "null"},       {keys::text, "string"},   {keys::boolean, "boolean"},
                            {keys::integer, "integer"}, {keys::number, "number"}, {keys::list, "array"},
                            {keys::map, "object"}};
  Node list = Node::list();
  for (const Name& row : names)
    if ((rule.accepts & row.kind) != 0) list.push(text(row.name));
  if (list.as_list().size() != 1) return list;
  Node only = std::move(list.as_list()[0]);
  return only;
}

Node rule_schema(const Rule& rule) {
  Node schema = Node::map();
  schema.set("type", kinds(rule));
  add_choices(schema, rule);
  add_limits(schema, rule);
  if ((rule.accepts & keys::list) != 0 && rule.items) schema.set("items", rule_schema(*rule.items));
  if (rule.unique) schema.set("uniqueItems", Node::boolean(true));
  if ((rule.accepts & keys::map) == 0) return schema;
  if (rule.shape)
    add_shape(schema, *rule.shape);
  else
    add_free_map(schema, rule);
  return schema;
}

}  // namespace

std::string keys_schema() {
  Node schema = Node::map();
  schema.set("$schema", text("http://json-schema.org/draft-07/schema#"));
  schema.set("title", text("Compose manifest, as crstack reads it"));
  schema.set("type", text("object"));
  add_shape(schema, keys::manifest);
  return raw_to_json(schema) + '\n';
}

}  // namespace crstack::manifest
