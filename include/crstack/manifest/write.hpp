// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

namespace crstack::manifest {

class Node;

/// What becomes of `$` in values: `config` doubles it, so that its output can be read as a manifest again.
enum class Dollars : bool { as_they_are, doubled };

/// The canonical manifest as text, byte for byte as docker compose prints it: keys in its order, empty ones
/// left out. `model` is a finished tree (`Loaded::model`). JSON is indented by two and ends without a
/// newline; extensions
/// (`x-…`) are shown at the top level only. YAML ends with one.
std::string to_json(const Node& model, Dollars dollars);
std::string to_yaml(const Node& model, Dollars dollars);
/// The same values for another program: keys in alphabetical order, four spaces of indentation, `$` as it is.
std::string to_sorted_yaml(const Node& model);

enum class Indentation : std::uint8_t { none = 0, two = 2, four = 4 };

/// Any tree, keys in alphabetical order: what `config --no-interpolate` prints.
std::string raw_to_json(const Node& tree, Indentation indentation = Indentation::two);
std::string raw_to_yaml(const Node& tree);

/// What decides whether a container, network or volume is up to date: docker compose's own hash (SHA-256, in
/// hexadecimal) of the entry of a finished tree, so that both tools agree on each other's stacks.
std::string service_hash(const Node& service);
/// What that hash is taken of.
std::string service_hash_text(const Node& service);
std::string network_hash(const Node& network);
std::string volume_hash(const Node& volume);

}  // namespace crstack::manifest
