// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "manifest/diagnostics.hpp"
#include "manifest/reader.hpp"

namespace crstack::manifest::testing {

/// A tree on one line, for comparing: `{a: 1, b: ["x", null]}`; texts are quoted, the rest is not.
inline std::string text_of(const Node& node) {
  std::string text;
  if (node.is_list()) {
    for (const Node& item : node.as_list()) text += (text.empty() ? "" : ", ") + text_of(item);
    return '[' + text + ']';
  }
  if (node.is_map()) {
    for (const Map::Entry& entry : node.as_map())
      text += (text.empty() ? "" : ", ") + entry.key + ": " + text_of(entry.value);
    return '{' + text + '}';
  }
  if (node.is_string()) return '"' + node.as_string() + '"';
  return node.is_null() ? "null" : node.scalar_text();
}

/// A text read as YAML, and what was said about it.
struct Reading {
  explicit Reading(std::string text) : diagnostics(sources) {
    documents = read_documents(sources.add("compose.yaml", std::move(text)), sources, diagnostics);
  }
  Sources sources;
  Diagnostics diagnostics;
  std::vector<Document> documents;

  [[nodiscard]] Node& root() { return documents.at(0).root; }
  [[nodiscard]] std::string text() const {
    return documents.empty() ? std::string() : text_of(documents[0].root);
  }
  /// All diagnostics as the user sees them.
  [[nodiscard]] std::string said() const {
    std::string all;
    for (const Diagnostic& diagnostic : diagnostics.all()) all += to_string(diagnostic) + '\n';
    return all;
  }
};

}  // namespace crstack::manifest::testing
