// SPDX-License-Identifier: MIT
#include <algorithm>

#include "cli/remote/publication.hpp"
#include "cli/remote/secret_finder.hpp"
#include "crstack/base/file.hpp"
#include "crstack/base/text.hpp"
#include "crstack/manifest/inspect.hpp"

namespace crstack::cli {
namespace {

using manifest::Map;
using manifest::Node;

std::string place(const std::string& file, std::size_t line) {
  return file + ":" + std::to_string(line);
}

class Finder {
 public:
  void manifest(const Node& node, const std::string& key) {
    if (node.is_map()) {
      for (const Map::Entry& entry : node.as_map())
        manifest(entry.value, key.empty() ? entry.key : key + "." + entry.key);
    } else if (node.is_list()) {
      for (std::size_t i = 0; i < node.as_list().size(); ++i)
        manifest(node.as_list()[i], key + "[" + std::to_string(i) + "]");
    } else if (node.is_string()) {
      value(key, node.as_string(), "");
    }
  }

  void env_files(const Node& service) {
    const Node* files = service.find("env_file");
    if (files == nullptr || !files->is_list()) return;
    for (const Node& file : files->as_list()) {
      const auto path = file.is_string() ? file.as_string() : std::string(file.text("path"));
      std::size_t number = 0;
      for (const auto& line : split(read_if_there(path), '\n')) {
        ++number;
        const auto equals = line.find('=');
        if (equals != std::string::npos && line[0] != '#')
          value(line.substr(0, equals), line.substr(equals + 1), place(path, number));
      }
    }
  }

  void file(const Node& resource) {
    const auto path = std::string(resource.text("file"));
    if (path.empty()) return;
    const auto text = read_if_there(path);
    for (auto& secret : find_secrets(text)) {
      const auto before =
          std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(secret.at), '\n');
      found_.push_back({std::move(secret.kind), "", place(path, static_cast<std::size_t>(before) + 1)});
    }
  }

  std::vector<SensitiveValue> take() { return std::move(found_); }

 private:
  void value(const std::string& key, const std::string& text, const std::string& where) {
    const auto secrets = find_secrets(text);
    if (!secrets.empty()) found_.push_back({secrets.front().kind, key, where});
  }

  std::vector<SensitiveValue> found_;
};

}  // namespace

std::vector<SensitiveValue> find_sensitive_values(manifest::LoadOptions options) {
  options.env_files_of = manifest::FilesOf::none;
  const auto model = manifest::load(options).model;
  Finder finder;
  finder.manifest(*model, "");
  const auto each = [&](const char* section, auto&& visit) {
    if (const Node* entries = model->find(section); entries != nullptr && entries->is_map())
      for (const Map::Entry& entry : entries->as_map()) visit(entry.value);
  };
  each("services", [&](const Node& service) { finder.env_files(service); });
  each("configs", [&](const Node& config) { finder.file(config); });
  each("secrets", [&](const Node& secret) { finder.file(secret); });
  auto found = finder.take();
  for (auto& value : found) {
    if (!value.where.empty()) continue;
    if (const auto from = manifest::explain(options, value.key).from)
      value.where = place(from->file, static_cast<std::size_t>(from->line));
  }
  return found;
}

}  // namespace crstack::cli
