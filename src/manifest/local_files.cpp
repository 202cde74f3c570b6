// SPDX-License-Identifier: MIT
#include "crstack/manifest/local_files.hpp"

#include <algorithm>

#include "reader.hpp"
#include "resolve_paths.hpp"

namespace crstack::manifest {
namespace {

class Finder {
 public:
  std::vector<LocalFile> found;

  void document(const Node& root) {
    if (!root.is_map()) return;
    if (const Node* include = root.find("include")) each(*include, "path", LocalFile::Use::include);
    const Node* services = root.find("services");
    if (!services || !services->is_map()) return;
    for (const auto& entry : services->as_map()) {
      service_ = entry.key;
      service(entry.value);
    }
  }

 private:
  void service(const Node& node) {
    if (!node.is_map()) return;
    if (const Node* files = node.find("env_file")) each(*files, "path", LocalFile::Use::env_file);
    const Node* extends = node.find("extends");
    const Node* file = extends && extends->is_map() ? extends->find("file") : nullptr;
    if (file) take(*file, LocalFile::Use::extends);
  }

  // A text, a list of texts, or maps with one under `key`.
  void each(const Node& node, const char* key, LocalFile::Use use) {
    if (node.is_list())
      for (const Node& item : node.as_list()) each(item, key, use);
    else if (node.is_map() && node.find(key))
      each(*node.find(key), key, use);
    else
      take(node, use);
  }

  void take(const Node& node, LocalFile::Use use) {
    if (!node.is_string() || is_remote_manifest(node.as_string())) return;
    found.push_back({use, service_, node.as_string(), node.mark.line, node.mark.column});
  }

  std::string service_;
};

std::size_t offset_of(const std::string& text, std::uint32_t line, std::uint32_t column) {
  std::size_t at = 0;
  for (std::uint32_t passed = 1; passed < line; ++passed) at = text.find('\n', at) + 1;
  return at + column - 1;
}

FetchManifest fetcher;

}  // namespace

std::vector<LocalFile> local_files(const std::string& name, const std::string& text) {
  Sources sources;
  Diagnostics diagnostics(sources);
  Finder finder;
  for (const Document& document : read_documents(sources.add(name, text), sources, diagnostics))
    finder.document(document.root);
  diagnostics.throw_if_errors();
  return std::move(finder.found);
}

std::string rename_local_files(std::string text, const std::vector<LocalFile>& files,
                               const std::map<std::string, std::string>& names) {
  auto ordered = files;
  std::sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) {
    return a.line != b.line ? a.line > b.line : a.column > b.column;
  });
  for (const auto& file : ordered) {  // from the end on, so that places stay where they are
    const auto name = names.find(file.path);
    if (name == names.end()) continue;
    const auto at = text.find(file.path, offset_of(text, file.line, file.column));
    if (at != std::string::npos) text.replace(at, file.path.size(), name->second);
  }
  return text;
}

bool is_remote_manifest(const std::string& path) {
  return path.starts_with("oci://") || is_remote(path);
}

void set_manifest_fetcher(FetchManifest fetch) {
  fetcher = std::move(fetch);
}

const FetchManifest& manifest_fetcher() {
  return fetcher;
}

}  // namespace crstack::manifest
