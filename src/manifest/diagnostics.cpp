// SPDX-License-Identifier: MIT
#include "diagnostics.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

namespace crstack::manifest {

namespace {

/// `web.image` of `services.web.image`.
std::string_view name_in(std::string_view key_path) {
  const auto dot = key_path.find('.');
  return dot == std::string_view::npos ? std::string_view() : key_path.substr(dot + 1);
}

}  // namespace

void Diagnostics::error(Mark where, std::string key_path, std::string message, std::string hint) {
  add(Severity::error, where, std::move(key_path), std::move(message), std::move(hint));
}

void Diagnostics::warning(Mark where, std::string key_path, std::string message, std::string hint) {
  add(Severity::warning, where, std::move(key_path), std::move(message), std::move(hint));
}

void Diagnostics::add(Severity severity, Mark where, std::string key_path, std::string message,
                      std::string hint) {
  if (where.known())
    message = replaced_.hide_in(message, name_in(key_path),
                                sources_->text_from(where.file, where.line, where.column));
  std::string identity = std::to_string(where.file) + ':' + std::to_string(where.line) + ':' +
                         std::to_string(where.column) + ':' + message;
  if (!seen_.insert(std::move(identity)).second) return;
  Diagnostic diagnostic;
  diagnostic.severity = severity;
  diagnostic.where = locate(where);
  diagnostic.key_path = std::move(key_path);
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  diagnostic.source_line = std::string(sources_->line(where.file, where.line));
  if (severity == Severity::error) {
    ++errors_;
    wrong_keys_.insert(diagnostic.key_path);
  }
  all_.push_back(std::move(diagnostic));
}

std::string Diagnostics::shown(const std::string& value, Mark where) const {
  if (!where.known()) return value;
  return replaced_.as_written(value, sources_->text_from(where.file, where.line, where.column));
}

project::SourceLocation Diagnostics::locate(Mark mark) const {
  return {sources_->name(mark.file), static_cast<int>(mark.line), static_cast<int>(mark.column)};
}

bool Diagnostics::has_error_in(const std::string& key_path) const {
  const auto any_below = [this](const std::string& prefix) {
    const auto next = wrong_keys_.lower_bound(prefix);
    return next != wrong_keys_.end() && next->starts_with(prefix);
  };
  return wrong_keys_.contains(key_path) || any_below(key_path + '.') || any_below(key_path + '[');
}

std::vector<Diagnostic> Diagnostics::warnings() const {
  std::vector<Diagnostic> found;
  for (const Diagnostic& diagnostic : all_)
    if (diagnostic.severity == Severity::warning) found.push_back(diagnostic);
  return found;
}

void Diagnostics::throw_if_errors() const {
  if (!has_errors()) return;
  // Each file from its top to its end, as one reads and mends it; the files as the stages came to them.
  std::map<std::string, std::size_t> files;
  for (const Diagnostic& one : all_) files.try_emplace(one.where.file, files.size());
  std::vector<Diagnostic> sorted = all_;
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Diagnostic& a, const Diagnostic& b) {
    return std::tuple(files[a.where.file], a.where.line, a.where.column) <
           std::tuple(files[b.where.file], b.where.line, b.where.column);
  });
  throw ManifestError(std::move(sorted));
}

}  // namespace crstack::manifest
