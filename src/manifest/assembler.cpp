// SPDX-License-Identifier: MIT
#include "assembler.hpp"

#include <iostream>
#include <iterator>

#include "crstack/base/error.hpp"
#include "file_path.hpp"
#include "interpolate.hpp"
#include "merge.hpp"
#include "resolve_paths.hpp"
#include "service_env.hpp"

namespace crstack::manifest {

Assembler::Assembler(const LoadOptions& options, Sources& sources, Diagnostics& diagnostics)
    : options_(options), sources_(sources), diagnostics_(diagnostics) {
  const auto home = options.environment.find("HOME");
  if (home != options.environment.end()) home_ = home->second;
}

const std::vector<Document>& Assembler::documents(const std::string& file, Mark where) {
  const auto [entry, fresh] = documents_.try_emplace(file);
  if (!fresh) return entry->second;
  std::string reason;
  std::optional<std::string> text;
  if (file == "-")
    text = std::string(std::istreambuf_iterator<char>(std::cin), {});
  else
    text = read_text(file, reason);
  if (!text) {
    if (!where.known()) throw UsageError("the manifest can't be read: open " + file + ": " + reason);
    diagnostics_.error(where, "", "the file " + file + " can't be read: " + reason, "correct the path");
    return entry->second;
  }
  const std::uint32_t number = sources_.add(file == "-" ? "(stdin)" : file, std::move(*text));
  entry->second = read_documents(number, sources_, diagnostics_);
  return entry->second;
}

Node Assembler::load_model(const std::vector<std::string>& files, const Scope& scope) {
  Node merged = Node::map();
  for (const std::string& file : files) load_file(file, merged, scope);
  if (diagnostics_.has_errors()) return merged;
  if (merged.as_map().empty() && scope.including.empty())
    diagnostics_.error({}, "", files[0] + ": empty compose file", "a manifest needs at least one service");
  apply_defaults(merged, diagnostics_);
  check_values(merged, diagnostics_);
  if (options_.resolve_paths || !scope.including.empty()) resolve_paths(merged, scope.base, home_);
  if (options_.interpolate || !scope.including.empty()) resolve_bare_names(merged, scope.environment);
  return merged;
}

void Assembler::load_file(const std::string& file, Node& merged, const Scope& scope) {
  for (const Document& document : documents(file, {})) load_document(document, file, merged, scope);
}

bool Assembler::interpolated(Node& tree, const Scope& scope) {
  if (!options_.interpolate) return false;
  const std::size_t before = diagnostics_.errors();
  interpolate(tree, lookup_in(scope.environment), diagnostics_);
  return diagnostics_.errors() == before;
}

void Assembler::load_document(const Document& document, const std::string& file, Node& merged,
                              const Scope& scope) {
  if (!document.root.is_map()) {
    diagnostics_.error(document.root.mark, "", "top-level object must be a mapping (" + base_name(file) + ")",
                       "start with `services:`");
    return;
  }
  if (listener_) listener_->on_read(document.root, scope.environment, MergeListener::Role::merged, file);
  Node tree = document.root;
  const bool replaced = interpolated(tree, scope);
  extend_services(tree, file, scope, document.cleared);
  clear_paths(merged, document.cleared);
  include_files(tree, file, scope);
  merge_trees(merged, std::move(tree), diagnostics_);
  drop_redefined(merged);
  validate(merged, diagnostics_);
  if (const Map::Entry* version = merged.as_map().find("version")) {
    diagnostics_.warning(version->key_mark, "version", "`version` is obsolete and ignored", "remove it");
    merged.as_map().erase("version");
  }
  canonicalise(merged, replaced ? Interpolated::yes : Interpolated::no, diagnostics_);
  drop_empty(merged);
  drop_redefined(merged);
}

}  // namespace crstack::manifest
