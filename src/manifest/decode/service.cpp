// SPDX-License-Identifier: MIT
#include "decode.hpp"
#include "fields.hpp"
#include "manifest/diagnostics.hpp"

namespace crstack::manifest {

using namespace decode_fields;
using project::Condition;
using project::Service;

namespace {

Condition condition_of(const std::string& name) {
  for (const Condition condition : {Condition::healthy, Condition::completed_successfully})
    if (name == to_string(condition)) return condition;
  return Condition::started;
}

void decode_identity(const Node& node, Service& service) {
  service.profiles = texts(node, "profiles");
  service.image = text(node, "image");
  service.platform = text(node, "platform");
  service.pull_policy = text(node, "pull_policy");
  service.hostname = text(node, "hostname");
  service.domainname = text(node, "domainname");
  service.container_name = text(node, "container_name");
  service.mac_address = text(node, "mac_address");
  service.labels = text_map(node, "labels");
  service.annotations = text_map(node, "annotations");
  const Node* deploy = submap(node, "deploy");
  const auto replicas = deploy ? whole(*deploy, "replicas") : std::nullopt;
  service.scale = static_cast<int>(whole(node, "scale").value_or(replicas.value_or(1)));
}

void decode_process(const Node& node, Service& service) {
  service.command = maybe_texts(node, "command");
  service.entrypoint = maybe_texts(node, "entrypoint");
  service.environment = variables(node, "environment");
  service.working_dir = text(node, "working_dir");
  service.user = text(node, "user");
  service.attach = maybe_flag(node, "attach").value_or(true);
  service.tty = flag(node, "tty");
  service.stdin_open = flag(node, "stdin_open");
  service.read_only = flag(node, "read_only");
  service.privileged = flag(node, "privileged");
  service.init = maybe_flag(node, "init");
  service.stop_signal = text(node, "stop_signal");
  service.stop_grace_period = duration(node, "stop_grace_period");
  service.restart = text(node, "restart");
  each_item(node, "post_start", [&](const Node& hook) { service.post_start.push_back(decode_hook(hook)); });
  each_item(node, "pre_stop", [&](const Node& hook) { service.pre_stop.push_back(decode_hook(hook)); });
}

void decode_health(const Node& node, Service& service) {
  const Node* check = submap(node, "healthcheck");
  if (!check) return;
  project::HealthCheck health;
  health.disable = flag(*check, "disable");
  health.test = texts(*check, "test");
  health.interval = duration(*check, "interval");
  health.timeout = duration(*check, "timeout");
  health.start_period = duration(*check, "start_period");
  health.start_interval = duration(*check, "start_interval");
  if (const auto retries = whole(*check, "retries")) health.retries = static_cast<int>(*retries);
  service.healthcheck = std::move(health);
}

void decode_relations(const Node& node, Service& service) {
  each_entry(node, "depends_on", [&](const std::string& name, const Node& value) {
    service.depends_on[name] = {condition_of(text(value, "condition")),
                                maybe_flag(value, "required").value_or(true), flag(value, "restart")};
  });
  each_entry(node, "models", [&](const std::string& name, const Node& value) {
    service.models[name] = {text(value, "endpoint_var"), text(value, "model_var")};
  });
  if (const Node* provider = submap(node, "provider")) {
    service.provider = project::Provider{text(*provider, "type"), {}};
    each_entry(*provider, "options", [&](const std::string& name, const Node& value) {
      for (const Node& item : value.as_list()) service.provider->options[name].push_back(item.scalar_text());
    });
  }
  if (const Node* build = submap(node, "build")) service.build = decode_build(*build);
  service.watch = decode_watch(node);
}

void decode_security(const Node& node, Service& service) {
  service.cap_add = texts(node, "cap_add");
  service.cap_drop = texts(node, "cap_drop");
  service.security_opt = texts(node, "security_opt");
  service.group_add = texts(node, "group_add");
  service.device_cgroup_rules = texts(node, "device_cgroup_rules");
  service.ipc = text(node, "ipc");
  service.pid = text(node, "pid");
  service.uts = text(node, "uts");
  service.userns_mode = text(node, "userns_mode");
  service.cgroup = text(node, "cgroup");
  service.cgroup_parent = text(node, "cgroup_parent");
  service.isolation = text(node, "isolation");
  service.runtime = text(node, "runtime");
  service.sysctls = text_map(node, "sysctls");
  service.storage_opt = text_map(node, "storage_opt");
  service.use_api_socket = flag(node, "use_api_socket");
  if (const Node* spec = submap(node, "credential_spec"))
    service.credential_spec =
        project::CredentialSpec{text(*spec, "config"), text(*spec, "file"), text(*spec, "registry")};
  if (const Node* logging = submap(node, "logging"))
    service.logging = project::Logging{text(*logging, "driver"), text_map(*logging, "options")};
}

}  // namespace

std::optional<bool> decode_probe(const Node& node, const std::string& path, Diagnostics& diagnostics) {
  const Node* extension = node.find("x-crstack");
  if (!extension) return std::nullopt;
  const Node* probe = extension->find("probe");
  const std::string word = probe && probe->is_string() ? probe->as_string() : "";
  if (!extension->is_map() || extension->as_map().size() != 1 || (word != "engine" && word != "own"))
    diagnostics.error(extension->mark, path, path + " can only be {probe: engine} or {probe: own}",
                      "correct or remove it");
  return word == "engine";
}

Service decode_service(const std::string& name, const Node& node, Diagnostics& diagnostics) {
  Service service;
  service.name = name;
  decode_identity(node, service);
  decode_process(node, service);
  decode_health(node, service);
  decode_relations(node, service);
  decode_security(node, service);
  decode_networking(node, service);
  decode_storage(node, service);
  decode_limits(node, service);
  const auto by_engine = decode_probe(node, "services." + name + ".x-crstack", diagnostics);
  service.engine_probe_only = by_engine.value_or(false);
  return service;
}

}  // namespace crstack::manifest
