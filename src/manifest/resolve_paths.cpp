// SPDX-License-Identifier: MIT
#include "resolve_paths.hpp"

#include <filesystem>
#include <system_error>

#include "file_path.hpp"

namespace crstack::manifest {

namespace {

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

/// `C:\x`, `C:/x` and `\\host\x`: absolute for an engine on Windows.
bool is_windows_absolute(std::string_view path) {
  if (starts_with(path, "\\\\")) return true;
  return path.size() > 2 && path[1] == ':' && (path[2] == '\\' || path[2] == '/');
}

class PathResolver {
 public:
  PathResolver(const std::string& base, const std::string& home, Diagnostics& diagnostics)
      : base_(base), home_(home), diagnostics_(diagnostics) {}

  void service(Node& service) const {
    if (Node* build = service.find("build")) this->build(*build);
    each(service.find("env_file"), [&](Node& file) {
      if (Node* path = file.find("path")) any(*path);
    });
    each(service.find("label_file"), [&](Node& file) { any(file); });
    if (Node* extends = service.find("extends"))
      if (Node* file = extends->find("file")) any(*file);
    if (Node* develop = service.find("develop"))
      each(develop->find("watch"), [&](Node& rule) {
        if (Node* path = rule.find("path")) watched(*path);
      });
    each(service.find("volumes"), [&](Node& mount) {
      if (mount.text("type") == "bind")
        if (Node* source = mount.find("source")) unix_path(*source);
    });
  }

  /// `configs` and `secrets`.
  void file_object(Node& object) const {
    if (Node* file = object.find("file")) unix_path(*file);
  }

  /// A local volume of type bind names a directory of the host.
  void volume(Node& volume) const {
    if (volume.text("driver") != "local") return;
    Node* options = volume.find("driver_opts");
    if (!options || options->text("o") != "bind") return;
    if (Node* device = options->find("device")) unix_path(*device);
  }

 private:
  template <typename Visit>
  static void each(Node* list, Visit visit) {
    if (!list || !list->is_list()) return;
    for (Node& item : list->as_list()) visit(item);
  }

  void build(Node& build) const {
    if (Node* context = build.find("context")) this->context(*context);
    Node* named = build.find("additional_contexts");
    if (named && named->is_map())
      for (Map::Entry& entry : named->as_map()) context(entry.value);
    each(named, [this](Node& item) { context(item); });
    if (Node* agents = build.find("ssh"); agents && agents->is_map())
      for (Map::Entry& entry : agents->as_map())
        if (entry.value.is_string() && !entry.value.as_string().empty()) unix_path(entry.value);
  }

  void context(Node& context) const {
    if (!context.is_string()) return;
    const std::string& text = context.as_string();
    if (text.find("://") != std::string::npos || starts_with(text, "service:") || is_remote(text)) return;
    any(context);
  }

  void expand_home(std::string& path) const {
    if (path.empty() || path[0] != '~') return;
    if (home_.empty())
      return diagnostics_.warning({}, "", "cannot expand '~', because the environment lacks HOME");
    path = clean_path(home_ + '/' + path.substr(1));
  }

  void any(Node& node) const {
    if (!node.is_string()) return;
    std::string& path = node.as_string();
    expand_home(path);
    if (!path.empty() && !is_absolute(path)) path = join_path(base_, path);
  }

  void unix_path(Node& node) const {
    if (!node.is_string() || is_windows_absolute(node.as_string())) return;
    std::string& path = node.as_string();
    expand_home(path);
    if (!is_absolute(path)) path = join_path(base_, path);
  }

  /// A path to watch: through symbolic links, where it exists.
  void watched(Node& node) const {
    any(node);
    if (!node.is_string() || !is_absolute(node.as_string())) return;
    std::error_code failed;
    const auto real = std::filesystem::canonical(node.as_string(), failed);
    if (!failed) node.as_string() = real.string();
  }

  const std::string& base_;
  const std::string& home_;
  Diagnostics& diagnostics_;
};

template <typename Visit>
void each_entry(Node& tree, const char* section, Visit visit) {
  Node* map = tree.find(section);
  if (!map || !map->is_map()) return;
  for (Map::Entry& entry : map->as_map())
    if (entry.value.is_map()) visit(entry.value);
}

}  // namespace

bool is_remote(std::string_view path) {
  for (const char* prefix : {"http://", "https://", "git://", "ssh://", "github.com/", "git@"})
    if (starts_with(path, prefix)) return true;
  return false;
}

void resolve_paths(Node& tree, const std::string& base, const std::string& home, Diagnostics& diagnostics) {
  const PathResolver resolver(base, home, diagnostics);
  each_entry(tree, "services", [&](Node& node) { resolver.service(node); });
  each_entry(tree, "configs", [&](Node& node) { resolver.file_object(node); });
  each_entry(tree, "secrets", [&](Node& node) { resolver.file_object(node); });
  each_entry(tree, "volumes", [&](Node& node) { resolver.volume(node); });
}

}  // namespace crstack::manifest
