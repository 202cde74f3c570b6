// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "manifest/diagnostics.hpp"
#include "manifest/reader.hpp"

namespace crstack::manifest::testing {

enum class Marks { hidden, shown };

inline std::string mark_text(const Mark& mark, Marks marks) {
  return marks == Marks::hidden ? "" : std::to_string(mark.line) + ':' + std::to_string(mark.column) + ' ';
}

/// A tree on one line, for comparing: `{a: 1, b: ["x", null]}`; texts are quoted, the rest is not. With
/// marks, each key and value has its line and column in front: `1:1 {1:1 a: 1:4 1}`.
inline std::string text_of(const Node& node, Marks marks = Marks::hidden) {
  const std::string place = mark_text(node.mark, marks);
  std::string text;
  if (node.is_list()) {
    for (const Node& item : node.as_list()) text += (text.empty() ? "" : ", ") + text_of(item, marks);
    return place + '[' + text + ']';
  }
  if (node.is_map()) {
    for (const Map::Entry& entry : node.as_map())
      text += (text.empty() ? "" : ", ") + mark_text(entry.key_mark, marks) + entry.key + ": " +
              text_of(entry.value, marks);
    return place + '{' + text + '}';
  }
  if (node.is_string()) return place + '"' + node.as_string() + '"';
  return place + (node.is_null() ? "null" : node.scalar_text());
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
