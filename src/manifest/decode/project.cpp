// SPDX-License-Identifier: MIT
#include "crstack/manifest/write.hpp"
#include "decode.hpp"
#include "fields.hpp"
#include "manifest/stages.hpp"

namespace crstack::manifest {

using namespace decode_fields;

namespace {

project::Network decode_network(const std::string& key, const Node& node) {
  project::Network network;
  network.key = key;
  network.name = text(node, "name");
  network.external = flag(node, "external");
  network.internal = flag(node, "internal");
  network.attachable = flag(node, "attachable");
  network.enable_ipv4 = maybe_flag(node, "enable_ipv4");
  network.enable_ipv6 = maybe_flag(node, "enable_ipv6");
  network.driver = text(node, "driver");
  network.driver_opts = text_map(node, "driver_opts");
  network.labels = text_map(node, "labels");
  if (const Node* ipam = submap(node, "ipam")) {
    network.ipam_driver = text(*ipam, "driver");
    each_item(*ipam, "config", [&](const Node& pool) {
      network.ipam_pools.push_back({text(pool, "subnet"), text(pool, "gateway"), text(pool, "ip_range"),
                                    text_map(pool, "aux_addresses")});
    });
  }
  return network;
}

project::Volume decode_volume(const std::string& key, const Node& node) {
  project::Volume volume;
  volume.key = key;
  volume.name = text(node, "name");
  volume.external = flag(node, "external");
  volume.driver = text(node, "driver");
  volume.driver_opts = text_map(node, "driver_opts");
  volume.labels = text_map(node, "labels");
  return volume;
}

/// `x-crstack: {generate: {length: N}}`.
std::optional<int> generate_length(const Node& node, const std::string& path, Diagnostics& diagnostics) {
  constexpr std::int64_t longest = 4096;
  const Node* extension = node.find("x-crstack");
  if (!extension) return std::nullopt;
  const Node* generate = extension->find("generate");
  const Node* length = generate ? generate->find("length") : nullptr;
  const bool understood = extension->is_map() && extension->as_map().size() == 1 && generate &&
                          generate->is_map() && generate->as_map().size() == 1;
  if (understood && length && length->is_integer() && length->as_integer() > 0 &&
      length->as_integer() <= longest) {
    if (!text(node, "file").empty()) return static_cast<int>(length->as_integer());
    diagnostics.error(extension->mark, path + ".x-crstack",
                      path + ".x-crstack.generate needs a file to write to", "give the secret a `file`");
    return std::nullopt;
  }
  diagnostics.error(extension->mark, path + ".x-crstack",
                    path + ".x-crstack can only be {generate: {length: N}}, with N from 1 to 4096",
                    "correct or remove it");
  return std::nullopt;
}

project::FileObject decode_file_object(const char* section, const std::string& key, const Node& node,
                                       Diagnostics& diagnostics) {
  project::FileObject object;
  object.key = key;
  object.name = text(node, "name");
  object.external = flag(node, "external");
  object.file = text(node, "file");
  object.environment = text(node, "environment");
  if (const Node* content = node.find("content"); content && content->is_string())
    object.content = content->as_string();
  object.generate_length = generate_length(node, std::string(section) + '.' + key, diagnostics);
  object.where = diagnostics.locate(node.mark);
  return object;
}

}  // namespace

namespace {

/// Whether it uses another service's namespaces or volumes.
bool shares(const project::Service& service) {
  for (const auto* mode : {&service.network_mode, &service.ipc, &service.pid})
    if (mode->starts_with("service:")) return true;
  return !service.volumes_from.empty();
}

}  // namespace

project::Project decode(const Node& tree, const Node& disabled, const Context& context,
                        Diagnostics& diagnostics) {
  project::Project project;
  project.name = context.project_name;
  project.working_dir = context.working_directory;
  project.environment = context.environment;
  const auto hash = [&](std::string (*of)(const Node&), const Node& node) {
    return context.options->hashes ? of(node) : std::string();
  };
  const auto by_engine = decode_probe(tree, "x-crstack", diagnostics);
  each_entry(tree, "services", [&](const std::string& name, const Node& node) {
    auto& service = project.services[name] = decode_service(name, node, diagnostics);
    if (by_engine && !node.find("x-crstack")) service.engine_probe_only = *by_engine;
    service.config_hash = hash(service_hash, node);
    if (shares(service)) service.hash_text = hash(service_hash_text, node);
  });
  if (disabled.is_map())
    for (const Map::Entry& entry : disabled.as_map()) {
      auto& service = project.disabled_services[entry.key] =
          decode_service(entry.key, entry.value, diagnostics);
      service.config_hash = hash(service_hash, entry.value);
    }
  each_entry(tree, "networks", [&](const std::string& key, const Node& node) {
    project.networks[key] = decode_network(key, node);
    project.networks[key].config_hash = hash(network_hash, node);
  });
  each_entry(tree, "volumes", [&](const std::string& key, const Node& node) {
    project.volumes[key] = decode_volume(key, node);
    project.volumes[key].config_hash = hash(volume_hash, node);
  });
  each_entry(tree, "secrets", [&](const std::string& key, const Node& node) {
    project.secrets[key] = decode_file_object("secrets", key, node, diagnostics);
  });
  each_entry(tree, "configs", [&](const std::string& key, const Node& node) {
    project.configs[key] = decode_file_object("configs", key, node, diagnostics);
  });
  each_entry(tree, "models", [&](const std::string& key, const Node& node) {
    project.models[key] = {text(node, "model"), whole(node, "context_size"), texts(node, "runtime_flags")};
  });
  return project;
}

}  // namespace crstack::manifest
