// SPDX-License-Identifier: MIT
#include "crstack/manifest/diagnostic.hpp"

namespace crstack::manifest {

namespace {

/// The part of a line that is shown, and where in it the caret goes. Tabs keep their width under the caret.
std::string excerpt(const std::string& line, int column) {
  constexpr std::size_t longest = 160;
  std::size_t at = column > 0 ? static_cast<std::size_t>(column - 1) : 0;
  if (at > line.size()) at = line.size();
  const std::size_t start = at > longest - 40 ? at - (longest - 40) : 0;
  std::string text = "  " + line.substr(start, longest) + "\n  ";
  for (std::size_t i = start; i < at; ++i) {
    const auto byte = static_cast<unsigned char>(line[i]);
    if ((byte & 0xC0) != 0x80) text += byte == '\t' ? '\t' : ' ';
  }
  return text + "^\n";
}

std::string all_of(const std::vector<Diagnostic>& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (!text.empty()) text += '\n';
    text += to_string(diagnostic);
  }
  return text;
}

}  // namespace

std::string place_of(const Diagnostic& diagnostic) {
  const auto& [file, line, column] = diagnostic.where;
  if (file.empty()) return {};
  return file + ':' + (line > 0 ? std::to_string(line) + ':' + std::to_string(column) + ": " : " ");
}

std::string to_string(const Diagnostic& diagnostic) {
  std::string text = place_of(diagnostic);
  text += diagnostic.severity == Severity::error ? "error: " : "warning: ";
  text += diagnostic.message + '\n';
  if (!diagnostic.source_line.empty()) text += excerpt(diagnostic.source_line, diagnostic.where.column);
  if (!diagnostic.hint.empty()) text += "  hint: " + diagnostic.hint + '\n';
  text.pop_back();
  return text;
}

ManifestError::ManifestError(std::vector<Diagnostic> diagnostics)
    : Error(all_of(diagnostics)), diagnostics_(std::move(diagnostics)) {}

}  // namespace crstack::manifest
