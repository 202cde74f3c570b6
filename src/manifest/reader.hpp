// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "crstack/manifest/node.hpp"
#include "diagnostics.hpp"

namespace crstack::manifest {

/// One document of a YAML text.
struct Document {
  Node root;
  /// Paths that `!reset` and `!override` take out of what came before this document: `services`, `web`,
  /// `ports`.
  std::vector<std::vector<std::string>> cleared;

  [[nodiscard]] bool clears(const std::vector<std::string>& path) const {
    return std::find(cleared.begin(), cleared.end(), path) != cleared.end();
  }
};

/// Reads all documents of source number `file`: aliases and merge keys (`<<`) are expanded, keys that
/// `!reset` takes away are gone. Wrong syntax, a key given twice, a key that is no text, and aliases that
/// would make far more values than the text has are errors; then what could be read is returned.
std::vector<Document> read_documents(std::uint32_t file, const Sources& sources, Diagnostics& diagnostics);

/// The same, without the short cut that simple documents take.
std::vector<Document> read_any_documents(std::uint32_t file, const Sources& sources,
                                         Diagnostics& diagnostics);

}  // namespace crstack::manifest
