// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "crstack/manifest/node.hpp"
#include "manifest/diagnostics.hpp"
#include "manifest/reader.hpp"
#include "manifest/sources.hpp"
#include "manifest/stages.hpp"

/// Runs a text through the back half of the pipeline, without files.
namespace crstack::manifest::test {

struct Run {
  Sources sources;
  Diagnostics diagnostics{sources};
  Node tree;
  LoadOptions options;
  Context context;

  explicit Run(const std::string& text) {
    const std::uint32_t file = sources.add("compose.yaml", text);
    tree = read_documents(file, sources, diagnostics).at(0).root;
    context.options = &options;
    context.project_name = "p";
    context.working_directory = "/p";
  }

  Run& check() {
    validate(tree, diagnostics);
    return *this;
  }

  /// All stages up to the finished tree; the later ones only where nothing is wrong so far.
  Run& finished() {
    check();
    if (!diagnostics.has_errors()) canonicalise(tree, Interpolated::yes, diagnostics);
    if (diagnostics.has_errors()) return *this;
    apply_defaults(tree, diagnostics);
    check_values(tree, diagnostics);
    normalise(tree, context, diagnostics);
    finish(tree, diagnostics);
    return *this;
  }

  /// `line:column: message [hint]` of everything that was found.
  [[nodiscard]] std::string problems() const {
    std::string text;
    for (const Diagnostic& found : diagnostics.all())
      text += std::to_string(found.where.line) + ':' + std::to_string(found.where.column) + ": " +
              found.message + (found.hint.empty() ? "" : " [" + found.hint + "]") + '\n';
    return text;
  }
};

/// A manifest with one service `s` that has `line` in it.
inline std::string service_with(const std::string& line) {
  return "services:\n  s:\n    image: i\n    network_mode: none\n    " + line + '\n';
}

}  // namespace crstack::manifest::test
