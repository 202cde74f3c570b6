// SPDX-License-Identifier: MIT
#include "decode.hpp"
#include "fields.hpp"

namespace crstack::manifest {

using namespace decode_fields;

project::FileReference decode_file_reference(const Node& node) {
  return {text(node, "source"), text(node, "target"), text(node, "uid"), text(node, "gid"),
          mode(node, "mode")};
}

project::Hook decode_hook(const Node& node) {
  project::Hook hook;
  hook.command = texts(node, "command");
  hook.user = text(node, "user");
  hook.working_dir = text(node, "working_dir");
  hook.privileged = flag(node, "privileged");
  hook.environment = variables(node, "environment");
  return hook;
}

project::Build decode_build(const Node& node) {
  project::Build build;
  build.context = text(node, "context");
  build.dockerfile = text(node, "dockerfile");
  build.dockerfile_inline = text(node, "dockerfile_inline");
  build.target = text(node, "target");
  build.network = text(node, "network");
  build.isolation = text(node, "isolation");
  build.args = variables(node, "args");
  build.labels = text_map(node, "labels");
  build.additional_contexts = text_map(node, "additional_contexts");
  build.cache_from = texts(node, "cache_from");
  build.cache_to = texts(node, "cache_to");
  build.tags = texts(node, "tags");
  build.platforms = texts(node, "platforms");
  build.ssh = texts(node, "ssh");
  for (std::string& key : build.ssh)  // the canonical form shows `id: path`
    if (const auto colon = key.find(": "); colon != std::string::npos) key.replace(colon, 2, "=");
  build.entitlements = texts(node, "entitlements");
  build.extra_hosts = texts(node, "extra_hosts");
  each_item(node, "secrets", [&](const Node& item) { build.secrets.push_back(decode_file_reference(item)); });
  build.ulimits = decode_ulimits(node);
  build.shm_size = nonzero_bytes(node, "shm_size");
  build.no_cache = flag(node, "no_cache");
  build.pull = flag(node, "pull");
  build.privileged = flag(node, "privileged");
  build.provenance = text(node, "provenance");
  build.sbom = text(node, "sbom");
  return build;
}

std::vector<project::WatchRule> decode_watch(const Node& service) {
  std::vector<project::WatchRule> rules;
  const Node* develop = submap(service, "develop");
  if (!develop) return rules;
  each_item(*develop, "watch", [&](const Node& item) {
    project::WatchRule rule;
    rule.action = text(item, "action");
    rule.path = text(item, "path");
    rule.target = text(item, "target");
    rule.ignore = texts(item, "ignore");
    rule.include = texts(item, "include");
    rule.initial_sync = flag(item, "initial_sync");
    if (const Node* exec = submap(item, "exec")) rule.exec = decode_hook(*exec);
    rules.push_back(std::move(rule));
  });
  return rules;
}

}  // namespace crstack::manifest
