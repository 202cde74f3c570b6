// SPDX-License-Identifier: MIT
#include <vector>

#include "crstack/base/text.hpp"
#include "crstack/manifest/reference.hpp"
#include "rule.hpp"

namespace crstack::manifest {

namespace {

using keys::Accepts;
using keys::Key;
using keys::Rule;
using keys::Shape;

/// What a rule accepts, in a few words: `string or list`, `one of a, b`.
std::string accepted(const Rule& rule) {
  if (!rule.choices.empty() && rule.accepts == keys::text) {
    std::vector<std::string> quoted;
    for (const std::string_view choice : rule.choices) quoted.push_back('`' + std::string(choice) + '`');
    return join(quoted, ", ");
  }
  struct Name {
    Accepts kind;
    const char* name;
  };
  constexpr Name names[] = {{keys::text, "string"},     {keys::integer, "integer"}, {keys::number, "number"},
                            {keys::boolean, "boolean"}, {keys::list, "list"},       {keys::map, "mapping"},
                            {keys::null, "nothing"}};
  std::vector<std::string> parts;
  for (const Name& row : names)
    if ((rule.accepts & row.kind) != 0) parts.emplace_back(row.name);
  return join(parts, ", ");
}

std::string without_bars(std::string_view text) {
  std::string result;
  for (const char c : text) result += c == '|' ? std::string("\\|") : std::string(1, c);
  return result;
}

/// The shapes that a rule leads to, itself first.
void collect(const Rule& rule, std::vector<const Shape*>& found);

void collect(const Shape& shape, std::vector<const Shape*>& found) {
  for (const Shape* known : found)
    if (known == &shape || known->title == shape.title) return;
  found.push_back(&shape);
  for (const Key& key : shape.keys) collect(*key.rule, found);
}

void collect(const Rule& rule, std::vector<const Shape*>& found) {
  if (rule.shape) collect(*rule.shape, found);
  if (rule.items) collect(*rule.items, found);
  if (rule.values) collect(*rule.values, found);
}

void table(const Shape& shape, std::string& out) {
  out += "\n## " + (shape.title.empty() ? "The manifest" : '`' + std::string(shape.title) + '`') + "\n\n";
  out += "| key | value | meaning | since |\n| --- | --- | --- | --- |\n";
  for (const Key& key : shape.keys) {
    bool required = false;
    for (const std::string_view name : shape.required) required = required || name == key.name;
    out += "| `" + std::string(key.name) + '`' + (required ? " (required)" : "") + " | " +
           without_bars(accepted(*key.rule)) + " | " + without_bars(key.summary) + " | " +
           std::string(key.since) + " |\n";
  }
}

}  // namespace

std::string keys_document() {
  std::string out =
      "# Keys of a manifest\n\n"
      "Every key that crstack reads, as its key tables have it. It is generated: the test \"keys\" writes it "
      "with CRSTACK_UPDATE_DOCS=1.\n"
      "\"Since\" is the version of docker compose that brought the key, where the specification tells it.\n"
      "Keys that start with `x-` are allowed wherever a table stands here, but for `blkio_config`, "
      "`env_file`,\n"
      "`extends` and `include`.\n";
  std::vector<const Shape*> shapes;
  collect(keys::manifest, shapes);
  for (const Shape* shape : shapes) table(*shape, out);
  return out;
}

}  // namespace crstack::manifest
