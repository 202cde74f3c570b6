// SPDX-License-Identifier: MIT
#include "service_env.hpp"

#include "environment.hpp"
#include "file_path.hpp"
#include "profiles.hpp"

namespace crstack::manifest {

namespace {

/// `NAME=value` items or a map as a map of texts; a bare name has no value.
Node as_text_map(Node&& value) {
  Node map = Node::map(value.mark);
  if (value.is_list()) {
    for (Node& item : value.as_list()) {
      const std::string text = item.scalar_text();
      const auto equals = text.find('=');
      const bool bare = equals == std::string::npos;
      map.set(text.substr(0, equals),
              bare ? Node::null(item.mark) : Node::string(text.substr(equals + 1), item.mark));
    }
  } else if (value.is_map()) {
    for (Map::Entry& entry : value.as_map())
      if (entry.value.is_scalar() && !entry.value.is_string())
        entry.value = Node::string(entry.value.scalar_text(), entry.value.mark);
    return std::move(value);
  }
  return map;
}

class EnvInliner {
 public:
  EnvInliner(const Context& context, Sources& sources, Diagnostics& diagnostics)
      : context_(context), sources_(sources), diagnostics_(diagnostics) {}

  /// Whether the files of the services from now on must be there.
  void missing_files(Presence presence) { missing_ = presence; }

  void environment(Node& service) {
    Node* own = service.find("environment");
    const Node* files = service.find("env_file");
    if (!own && !files) return;
    Node map = own ? as_text_map(std::move(*own)) : Node::map();
    for (Map::Entry& entry : map.as_map()) {
      if (!entry.value.is_null()) continue;
      const auto known = context_.environment.find(entry.key);
      if (known != context_.environment.end()) entry.value = Node::string(known->second, entry.value.mark);
    }
    if (files && wanted(service, context_.options->env_files_of)) {
      add_files(map, *files, "env_file");
      service.as_map().erase("env_file");
    } else if (files) {
      shorten(*service.find("env_file"));
    }
    if (own || !map.as_map().empty()) service.set("environment", std::move(map));
  }

  void labels(Node& service) {
    const Node* files = service.find("label_file");
    if (!files || !wanted(service, context_.options->label_files_of)) return;
    Node* own = service.find("labels");
    Node map = own ? as_text_map(std::move(*own)) : Node::map();
    add_files(map, *files, "label_file");
    // docker compose hashes its name, too.
    if (!context_.options->hashes) service.as_map().erase("label_file");
    service.set("labels", std::move(map));
  }

 private:
  [[nodiscard]] bool wanted(const Node& service, FilesOf whose) const {
    return whose == FilesOf::every_active_service ||
           (whose == FilesOf::services_active_by_profile && has_profile(service, context_.profiles));
  }

  /// An env file that must be there is shown as its path alone, as docker compose does (even where it has a
  /// format: what is left of it goes into the hash).
  static void shorten(Node& files) {
    if (!files.is_list()) return;
    for (Node& file : files.as_list()) {
      const Node* required = file.find("required");
      const bool optional = required && required->is_boolean() && !required->as_boolean();
      if (!optional && file.find("path")) file = Node(*file.find("path"));
    }
  }

  void add_files(Node& map, const Node& files, const std::string& files_key) {
    Environment added;
    places_.clear();
    const Lookup lookup = [&](std::string_view name) -> const std::string* {
      if (files_key == "label_file") {
        const auto earlier = added.find(std::string(name));
        return earlier == added.end() ? nullptr : &earlier->second;
      }
      const auto known = context_.environment.find(std::string(name));
      if (known != context_.environment.end()) return &known->second;
      const Node* own = map.find(name);
      return own && own->is_string() ? &own->as_string() : nullptr;
    };
    if (files.is_list()) {
      for (const Node& file : files.as_list()) add_file(file, files_key, lookup, added);
    } else {
      add_file(files, files_key, lookup, added);
    }
    for (const auto& [name, value] : added)
      if (!map.as_map().contains(name)) map.set(name, Node::string(value, places_[name]));
  }

  void add_file(const Node& file, const std::string& key, const Lookup& lookup, Environment& added) {
    const Node* name = file.is_string() ? &file : file.find("path");
    const std::string path = name && name->is_string() ? name->as_string() : "";
    const Node* required = file.find("required");
    const bool optional = required && required->is_boolean() && !required->as_boolean();
    if (path.empty() && !optional)
      diagnostics_.error(file.mark, key, "'" + key + "' names no file", "name one, or remove the key");
    if (path.empty()) return;
    const std::string_view wanted = file.text("format");
    if (!wanted.empty() && wanted != "raw")
      diagnostics_.error(file.find("format")->mark, "env_file.format",
                         "the format of an env_file can't be \"" + std::string(wanted) + '"',
                         "write `format: raw`, or leave it out");
    const ListedFile listed{.path = join_path(context_.working_directory, path),
                            .where = name->mark,
                            .kind = key == "label_file" ? "label file" : "env file",
                            .presence = optional ? Presence::optional : missing_,
                            .format = wanted == "raw" ? EnvFormat::raw : EnvFormat::dotenv};
    read_env_file(listed, lookup, added, sources_, diagnostics_, &places_);
  }

  const Context& context_;
  Sources& sources_;
  Diagnostics& diagnostics_;
  std::map<std::string, Mark> places_;  ///< of the variables, in the files of one key
  Presence missing_ = Presence::required;
};

}  // namespace

void resolve_bare_names(Node& tree, const Environment& environment) {
  Node* services = tree.find("services");
  if (!services || !services->is_map()) return;
  for (Map::Entry& service : services->as_map()) {
    Node* names = service.value.find("environment");
    if (!names || !names->is_list()) continue;
    for (Node& item : names->as_list()) {
      if (!item.is_string() || item.as_string().find('=') != std::string::npos) continue;
      const auto known = environment.find(item.as_string());
      if (known != environment.end()) item.as_string() += '=' + known->second;
    }
  }
}

void inline_env_files(Node& services, const Context& context, Sources& sources, Diagnostics& diagnostics) {
  EnvInliner inliner(context, sources, diagnostics);
  const Names wanted = with_dependencies(services, context.options->services);
  for (Map::Entry& service : services.as_map()) {
    if (!service.value.is_map() || diagnostics.has_error_in("services." + service.key)) continue;
    inliner.missing_files(wanted.empty() || wanted.contains(service.key) ? Presence::required
                                                                         : Presence::optional);
    inliner.environment(service.value);
    inliner.labels(service.value);
  }
}

}  // namespace crstack::manifest
