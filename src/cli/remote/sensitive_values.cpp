// SPDX-License-Identifier: MIT
#include "cli/remote/publication.hpp"
#include "cli/remote/secret_finder.hpp"
#include "crstack/base/file.hpp"
#include "crstack/base/text.hpp"

namespace crstack::cli {
namespace {

using manifest::Map;
using manifest::Node;

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
      value(key, node.as_string());
    }
  }

  void env_files(const Node& service) {
    const Node* files = service.find("env_file");
    if (files == nullptr || !files->is_list()) return;
    for (const Node& file : files->as_list()) {
      const auto path = file.is_string() ? file.as_string() : std::string(file.text("path"));
      for (const auto& line : split(read_if_there(path), '\n')) {
        const auto equals = line.find('=');
        if (equals != std::string::npos && line[0] != '#')
          value(line.substr(0, equals), line.substr(equals + 1));
      }
    }
  }

  void file(const Node& resource) {
    const auto path = std::string(resource.text("file"));
    if (path.empty()) return;
    for (auto& secret : find_secrets(read_if_there(path)))
      found_.push_back({std::move(secret.kind), "", std::move(secret.text)});
  }

  std::vector<SensitiveValue> take() { return std::move(found_); }

 private:
  void value(const std::string& key, const std::string& text) {
    const auto secrets = find_secrets(text);
    if (!secrets.empty()) found_.push_back({secrets.front().kind, key, text});
  }

  std::vector<SensitiveValue> found_;
};

}  // namespace

std::vector<SensitiveValue> find_sensitive_values(const Node& model) {
  Finder finder;
  finder.manifest(model, "");
  const auto each = [&](const char* section, auto&& visit) {
    if (const Node* entries = model.find(section); entries != nullptr && entries->is_map())
      for (const Map::Entry& entry : entries->as_map()) visit(entry.value);
  };
  each("services", [&](const Node& service) { finder.env_files(service); });
  each("configs", [&](const Node& config) { finder.file(config); });
  each("secrets", [&](const Node& secret) { finder.file(secret); });
  return finder.take();
}

}  // namespace crstack::cli
