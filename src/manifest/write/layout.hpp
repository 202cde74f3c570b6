// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crstack/manifest/node.hpp"
#include "manifest/keys/rule.hpp"
#include "manifest/real_text.hpp"

/// What the writers share: which entries of a map are shown, and in which order.
namespace crstack::manifest::write {

enum class Format : bool { json, yaml };

/// How a value is written: along a key of the tables, as a map of a shape, or freely.
struct Plan {
  const keys::Key* key = nullptr;
  const keys::Shape* shape = nullptr;
};

/// One entry of a map as it is written. `value` is nullptr where the key is shown though nobody set it.
struct Entry {
  std::string_view name;
  const Node* value = nullptr;
  Plan plan;
};

/// The entries of a map that is written along `plan`, in order.
std::vector<Entry> entries(const Node& map, const Plan& plan, Format format);

/// Puts entries of a map with free keys in order.
void sort(std::vector<Entry>& entries, Format format);

/// How the items of a list that is written along `plan` are written.
Plan item_plan(const Plan& plan);

/// How many bits docker compose keeps a number in that is written along `plan`.
Width width_of(const Plan& plan);

/// Whether `a` stands before `b` in YAML: numbers inside of names count as numbers.
bool natural_less(std::string_view a, std::string_view b);

/// The zero of a key that is shown though nobody set it.
const Node& zero_of(const keys::Key& key);

}  // namespace crstack::manifest::write
