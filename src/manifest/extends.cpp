// SPDX-License-Identifier: MIT
#include <algorithm>

#include "assembler.hpp"
#include "crstack/base/text.hpp"
#include "crstack/manifest/local_files.hpp"
#include "file_path.hpp"
#include "merge.hpp"
#include "resolve_paths.hpp"

namespace crstack::manifest {

namespace {

std::vector<std::string> names_in(const Node& services) {
  std::vector<std::string> names;
  for (const Map::Entry& entry : services.as_map()) names.push_back(entry.key);
  return names;
}

std::string suggestion(const std::string& name, const Node& services) {
  const std::string similar = closest_match(name, names_in(services));
  return similar.empty() ? "define it, or correct the name" : "did you mean '" + similar + "'?";
}

}  // namespace

void Assembler::extend_services(Node& tree, const std::string& file, const Scope& scope,
                                const Resets& resets) {
  Node* services = tree.find("services");
  if (!services || !services->is_map()) return;
  for (const std::string& name : names_in(*services)) {
    ExtendsScope extending{scope, file, resets, {}};
    extend_service(name, *services, extending);
  }
}

/// Takes a step of the chain; whether it has been taken before, which is an error.
bool Assembler::is_extends_cycle(const std::string& name, ExtendsScope& extending, Mark where) {
  auto& chain = extending.chain;
  const auto step = std::make_pair(extending.file, name);
  const bool cycle = std::find(chain.begin(), chain.end(), step) != chain.end();
  chain.push_back(step);
  if (!cycle) return false;
  std::string drawn;
  for (const auto& [file, part] : chain)
    drawn += (drawn.empty() ? "" : " -> ") + part + " (" + base_name(file) + ")";
  diagnostics_.error(where, "services." + name + ".extends", "circular reference in extends: " + drawn,
                     "let one of them not extend the other");
  return true;
}

void Assembler::extend_service(const std::string& name, Node& services, ExtendsScope& extending) {
  Node* service = services.find(name);
  const Node* extends = service ? service->find("extends") : nullptr;
  if (!extends || !(extends->is_map() || extends->is_string())) return;
  unfinished_.services.insert(name);
  const Mark where = extends->mark;
  std::string reference;
  const std::string own_file = extending.file;
  Node* others = find_base(name, *extends, services, extending, reference);
  if (!others) {
    service->as_map().erase("extends");
    return;
  }
  if (is_extends_cycle(name, extending, where)) {
    service->as_map().erase("extends");
    return;
  }
  extend_service(reference, *others, extending);
  const Node* base = others->find(reference);
  service = services.find(name);
  if (!service || !service->is_map() || !service->find("extends"))
    return;  // done on the way, or part of a cycle
  if (!base || !base->is_map()) {
    service->as_map().erase("extends");
    return;
  }
  Node wrapped = Node::map();
  Node merged = wrapped.set("services", Node::map()).set(name, *base);
  for (const auto& path : extending.resets) {
    if (path.size() < 3 || path[0] != "services" || path[1] != name) continue;
    clear_paths(merged, {{path.begin() + 2, path.end()}});
  }
  merge_service(merged, std::move(*service), diagnostics_);
  merged.as_map().erase("extends");
  *service = std::move(merged);
}

Node* Assembler::find_base(const std::string& name, const Node& extends, Node& services,
                           ExtendsScope& extending, std::string& reference) {
  const std::string key = "services." + name + ".extends";
  const Node* file = extends.find("file");
  const Node* other = extends.is_string() ? &extends : extends.find("service");
  if (!other || !other->is_string()) {
    diagnostics_.error(extends.mark, key + ".service", "'" + key + ".service' is required",
                       "name the service to extend");
    return nullptr;
  }
  reference = other->as_string();
  Node* found = &services;
  if (file && file->is_string()) {
    const bool fetched = is_remote_manifest(file->as_string()) && manifest_fetcher();
    if (!fetched && is_remote(file->as_string())) {
      diagnostics_.error(file->mark, key + ".file",
                         '"' + file->as_string() + "\" can't be extended: only local files can",
                         "fetch it and name the local copy");
      return nullptr;
    }
    extending.file = fetched ? manifest_fetcher()(file->as_string()) : file->as_string();
    Base* base = base_file(extending.file, extending.scope, file->mark);
    if (!base) return nullptr;
    extending.resets.insert(extending.resets.end(), base->resets.begin(), base->resets.end());
    found = base->tree.find("services");
  }
  if (found && found->is_map() && found->as_map().contains(reference)) return found;
  diagnostics_.error(other->mark, key,
                     "cannot extend service \"" + name + "\": service \"" + reference + "\" not found in " +
                         base_name(file && file->is_string() ? file->as_string() : extending.file),
                     found && found->is_map() ? suggestion(reference, *found) : "the file has no services");
  return nullptr;
}

Assembler::Base* Assembler::base_file(const std::string& file, const Scope& scope, Mark where) {
  const std::string path = join_path(scope.directory, file);
  if (listener_)
    for (const Document& document : documents(path, where))
      listener_->on_read(document.root, scope.environment, MergeListener::Role::extended, path);
  const auto [entry, fresh] = bases_.try_emplace(scope.directory + '\n' + path);
  if (!fresh) return entry->second.get();
  const std::vector<Document>& read = documents(path, where);
  if (read.empty()) {
    if (!diagnostics_.has_errors())
      diagnostics_.error(where, "",
                         "cannot extend a service of " + base_name(path) + ": it has no services section");
    return nullptr;
  }
  auto base = std::make_unique<Base>();
  Node& tree = base->tree = Node::map();
  for (const Document& document : read) {
    if (!document.root.is_map()) continue;
    Node part = document.root;
    const Interpolated replaced = interpolated(part, scope);
    clear_paths(tree, document.cleared);
    merge_trees(tree, std::move(part), diagnostics_);
    drop_redefined(tree);
    canonicalise(tree, replaced, diagnostics_);
    drop_empty(tree);
    drop_redefined(tree);
    base->resets.insert(base->resets.end(), document.cleared.begin(), document.cleared.end());
  }
  resolve_paths(tree, relative_to(scope.directory, directory_of(path)), home_, diagnostics_);
  entry->second = std::move(base);
  return entry->second.get();
}

}  // namespace crstack::manifest
