// SPDX-License-Identifier: MIT
#include <sys/stat.h>

#include <algorithm>

#include "assembler.hpp"
#include "crstack/manifest/local_files.hpp"
#include "file_path.hpp"
#include "resolve_paths.hpp"

namespace crstack::manifest {

namespace {

/// A key that takes one text or a list of them.
std::vector<const Node*> texts(const Node* value) {
  std::vector<const Node*> found;
  if (value && value->is_string()) found.push_back(value);
  if (value && value->is_list())
    for (const Node& item : value->as_list())
      if (item.is_string()) found.push_back(&item);
  return found;
}

/// Moves what an included model has into the model that includes it. The same thing twice is no conflict.
void import_section(Node& from, Node& into, const char* section, Diagnostics& diagnostics) {
  Node* source = from.find(section);
  if (!source || !source->is_map()) return;
  const Node* there = into.find(section);
  if (!there) there = &into.set(section, Node::map(source->mark));
  if (!there->is_map()) return;  // an error, which validation tells
  Map& target = into.find(section)->as_map();
  for (Map::Entry& entry : source->as_map()) {
    const auto [place, fresh] = target.insert(entry.key, entry.key_mark);
    if (!fresh && place->value != entry.value)
      diagnostics.error(place->key_mark, std::string(section) + '.' + entry.key,
                        std::string(section) + '.' + entry.key + " conflicts with imported resource",
                        "rename one of the two, or move the change to an override file of the include");
    else if (fresh)
      place->value = std::move(entry.value);
  }
}

bool is_directory(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_file(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && !S_ISDIR(status.st_mode);
}

}  // namespace

void Assembler::include_files(Node& tree, const std::string& file, const Scope& scope) {
  Node* listed = tree.find("include");
  if (!listed) return;
  Node entries = std::move(*listed);
  tree.as_map().erase("include");
  if (entries.is_null()) return;
  if (!entries.is_list()) {
    diagnostics_.error(entries.mark, "include", "`include` must be a list", "write - before each file");
    return;
  }
  for (Node& entry : entries.as_list()) include_entry(entry, tree, file, scope);
}

bool Assembler::is_include_entry(const Node& entry) {
  if (entry.is_list() || entry.is_number() || entry.is_boolean()) {
    diagnostics_.error(entry.mark, "include", "an entry of 'include' must be a file name or a mapping",
                       "write several files as `path: [FILE, FILE]`");
    return false;
  }
  bool right = true;
  for (const char* key : {"path", "env_file"}) {
    const Node* value = entry.find(key);
    if (!value || value->is_null() || value->is_string()) continue;
    const Node* wrong = value;
    if (value->is_list()) {
      const List& items = value->as_list();
      const auto odd = std::find_if(items.begin(), items.end(), [](auto& item) { return !item.is_string(); });
      wrong = odd == items.end() ? nullptr : &*odd;
    }
    if (!wrong) continue;
    right = false;
    diagnostics_.error(wrong->mark.known() ? wrong->mark : value->mark, std::string("include.") + key,
                       "include." + std::string(key) + " must be a file name or a list of file names");
  }
  const Node* directory = entry.find("project_directory");
  if (directory && !directory->is_string() && !directory->is_integer() && !directory->is_null()) {
    diagnostics_.error(directory->mark, "include.project_directory",
                       "include.project_directory must be a string");
    return false;
  }
  return right;
}

std::vector<std::string> Assembler::included_files(const std::vector<const Node*>& listed,
                                                   const Scope& scope) {
  std::vector<std::string> files;
  for (const Node* path : listed) {
    const std::string& name = path->as_string();
    if (!is_remote_manifest(name)) {
      files.push_back(join_path(scope.directory, name));
    } else if (manifest_fetcher()) {
      files.push_back(manifest_fetcher()(name));
    } else {
      diagnostics_.error(path->mark, "include", '"' + name + "\" can't be included: only local files can",
                         "fetch it and name the local copy");
      return {};
    }
  }
  return files;
}

bool Assembler::is_include_cycle(const std::string& file, const Scope& inner, Mark where) {
  if (std::find(inner.including.begin(), inner.including.end(), file) == inner.including.end()) return false;
  std::string drawn;
  for (const std::string& one : inner.including) drawn += one + " -> ";
  diagnostics_.error(where, "include", "include cycle: " + drawn + file, "take one of the includes out");
  return true;
}

void Assembler::enter_included(Scope& inner, const std::string& first, const Node& entry,
                               const Scope& scope) {
  const Node* directory = entry.find("project_directory");
  const std::string given = directory && !directory->is_null() ? directory->scalar_text() : "";
  inner.directory = given.empty() ? directory_of(first) : join_path(scope.directory, given);
  const bool is_there = given.empty() || is_directory(inner.directory);
  inner.base = is_absolute(given)
                   ? given
                   : relative_to(scope.directory, is_there ? inner.directory : directory_of(inner.directory));
  std::vector<ListedFile> env_files;
  for (const Node* path : texts(entry.find("env_file")))
    env_files.push_back({join_path(scope.directory, path->as_string()), path->mark});
  if (env_files.empty()) {
    const std::string standard = join_path(inner.directory, ".env");
    if (is_file(standard)) env_files.push_back({standard, entry.mark});
  }
  inner.environment = scope.environment;
  inner.environment.merge(read_env_files(env_files, scope.environment, sources_, diagnostics_));
}

void Assembler::include_entry(Node& entry, Node& tree, const std::string& file, const Scope& scope) {
  if (!is_include_entry(entry)) {
    unfinished_.files = true;
    return;
  }
  const std::vector<const Node*> listed = texts(entry.is_map() ? entry.find("path") : &entry);
  if (listed.empty()) {
    diagnostics_.warning(entry.mark, "include", "an entry of 'include' names no file and is ignored",
                         "name the file as `path`");
    return;
  }
  Scope inner;
  inner.including = scope.including;
  inner.including.push_back(file);
  const std::vector<std::string> files = included_files(listed, scope);
  if (files.empty() || is_include_cycle(files[0], inner, listed[0]->mark)) {
    unfinished_.files = true;
    return;
  }
  enter_included(inner, files[0], entry, scope);
  for (std::size_t i = 0; i < files.size(); ++i) documents(files[i], listed[i]->mark);
  Node imported = load_model(files, inner);
  for (const char* section : {"services", "volumes", "networks", "secrets", "configs", "models"})
    import_section(imported, tree, section, diagnostics_);
}

}  // namespace crstack::manifest
