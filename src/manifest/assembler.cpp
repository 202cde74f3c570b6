// SPDX-License-Identifier: MIT
#include "assembler.hpp"

#include <iostream>
#include <iterator>
#include <utility>

#include "crstack/base/error.hpp"
#include "file_path.hpp"
#include "interpolate.hpp"
#include "merge.hpp"
#include "resolve_paths.hpp"
#include "service_env.hpp"

namespace crstack::manifest {

namespace {

/// `services:` without a value is a mistake even where another manifest has services.
void refuse_no_services(Node& tree, Diagnostics& diagnostics) {
  const Node* services = tree.find("services");
  if (!services || !services->is_null()) return;
  diagnostics.error(services->mark, "services", "services must be a mapping, but it is empty",
                    "name a service under it, or remove the key");
  tree.as_map().erase("services");
}

}  // namespace

Assembler::Assembler(const LoadOptions& options, Sources& sources, Diagnostics& diagnostics)
    : options_(options), sources_(sources), diagnostics_(diagnostics) {
  const auto home = options.environment.find("HOME");
  if (home != options.environment.end()) home_ = home->second;
}

const std::vector<Document>& Assembler::documents(const std::string& file, Mark where) {
  const auto [entry, fresh] = files_.try_emplace(file);
  File& read = entry->second;
  const std::size_t before = diagnostics_.errors();
  if (fresh) read.source = add_source(file, where);
  const bool wanted = (fresh || std::exchange(read.taken, false)) && read.source != 0;
  if (wanted) read.documents = read_documents(read.source, sources_, diagnostics_);
  read.broken = read.broken || diagnostics_.errors() != before;
  return read.documents;
}

std::uint32_t Assembler::add_source(const std::string& file, Mark where) {
  if (file == "-") return sources_.add("(stdin)", std::string(std::istreambuf_iterator<char>(std::cin), {}));
  std::string reason;
  std::optional<std::string> text = read_text(file, reason);
  if (text) return sources_.add(file, std::move(*text));
  if (!where.known()) throw UsageError("open " + file + ": " + reason);
  diagnostics_.error(where, "", "open " + diagnostics_.shown(file, where) + ": " + reason,
                     "correct the path");
  return 0;
}

std::vector<Document> Assembler::take_documents(const std::string& file) {
  documents(file, {});
  File& read = files_.at(file);
  read.taken = true;
  return std::exchange(read.documents, {});
}

Node Assembler::load_model(const std::vector<std::string>& files, const Scope& scope) {
  Node merged = Node::map();
  for (const std::string& file : files) load_file(file, merged, scope);
  if (merged.as_map().empty() && scope.including.empty() && !diagnostics_.has_errors())
    diagnostics_.error({}, "", files[0] + ": empty compose file", "a manifest needs at least one service");
  apply_defaults(merged, diagnostics_);
  check_values(merged, diagnostics_);
  if (options_.resolve_paths || !scope.including.empty())
    resolve_paths(merged, scope.base, home_, diagnostics_);
  if (options_.interpolate || !scope.including.empty()) resolve_bare_names(merged, scope.environment);
  return merged;
}

void Assembler::load_file(const std::string& file, Node& merged, const Scope& scope) {
  std::vector<Document> documents = take_documents(file);
  unfinished_.files = unfinished_.files || files_.at(file).broken;
  for (Document& document : documents) load_document(std::move(document), file, merged, scope);
}

Interpolated Assembler::interpolated(Node& tree, const Scope& scope) {
  if (!options_.interpolate) return Interpolated::no;
  const std::size_t before = diagnostics_.errors();
  const Lookup known = lookup_in(scope.environment);
  const auto noted = [&](std::string_view name) {
    const std::string* value = known(name);
    if (value) diagnostics_.replaced(name, *value);
    return value;
  };
  interpolate(tree, noted, diagnostics_);
  return diagnostics_.errors() == before ? Interpolated::yes : Interpolated::partly;
}

void Assembler::load_document(Document document, const std::string& file, Node& merged, const Scope& scope) {
  if (!document.root.is_map()) {
    diagnostics_.error(document.root.mark, "", "top-level object must be a mapping (" + base_name(file) + ")",
                       "start with `services:`");
    return;
  }
  if (listener_) listener_->on_read(document.root, scope.environment, MergeListener::Role::merged, file);
  Node tree = std::move(document.root);
  const Interpolated replaced = interpolated(tree, scope);
  refuse_no_services(tree, diagnostics_);
  extend_services(tree, file, scope, document.cleared);
  clear_paths(merged, document.cleared);
  include_files(tree, file, scope);
  merge_trees(merged, std::move(tree), diagnostics_);
  drop_redefined(merged);
  validate(merged, diagnostics_);
  if (const Map::Entry* version = merged.as_map().find("version")) {
    diagnostics_.warning(version->key_mark, "version",
                         "the attribute `version` is obsolete, it will be ignored, please remove it to avoid "
                         "potential confusion");
    merged.as_map().erase("version");
  }
  canonicalise(merged, replaced, diagnostics_);
  drop_empty(merged);
  drop_redefined(merged);
}

}  // namespace crstack::manifest
