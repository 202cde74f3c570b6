// SPDX-License-Identifier: MIT
#include <set>

#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"
#include "crstack/base/units.hpp"
#include "crstack/manifest/node.hpp"
#include "crstack/manifest/write.hpp"
#include "crstack/plan/labels.hpp"

namespace crstack::cli {
namespace {

using manifest::Node;

constexpr Option options[] = {
    {"--format", Takes::text, "string", "Output format (default \"yaml\")", "yaml json"},
    {"--name", Takes::text, "string", "The project's name in the manifest", ""},
    {"--project-dir", Takes::text, "string", "Directory of the project", ""},
};

Node texts(const std::vector<std::string>& list) {
  auto node = Node::list();
  for (const auto& text : list) node.push(Node::string(text));
  return node;
}

/// The map under `key`, made where it is missing.
Node& section(Node& parent, const std::string& key) {
  Node* there = parent.find(key);
  return there != nullptr ? *there : parent.set(key, Node::map());
}

Node health_of(const engine::HealthSpec& spec) {
  auto node = Node::map();
  node.set("test", texts(spec.test));
  const auto put = [&](const char* key, const auto& duration) {
    if (duration && duration->count() != 0) node.set(key, Node::string(format_duration(*duration)));
  };
  put("timeout", spec.timeout);
  put("interval", spec.interval);
  put("start_period", spec.start_period);
  put("start_interval", spec.start_interval);
  if (spec.retries) node.set("retries", Node::integer(*spec.retries));
  return node;
}

/// What it publishes, each port once though it does so on two kinds of addresses.
Node ports_of(const engine::ContainerDetails& container) {
  auto node = Node::list();
  std::set<std::string> known;
  for (const auto& published : container.ports) {
    if (published.host_port == 0) continue;
    const bool anywhere = published.host_ip == "0.0.0.0" || published.host_ip == "::";
    const auto host_ip = anywhere ? std::string() : published.host_ip;
    const auto host_port = std::to_string(published.host_port);
    const auto inside = std::to_string(published.container_port);
    if (!known.insert(join({host_ip, host_port, inside, published.protocol}, " ")).second) continue;
    auto port = Node::map();
    if (!host_ip.empty()) port.set("host_ip", Node::string(host_ip));
    port.set("target", Node::integer(published.container_port));
    port.set("published", Node::string(host_port));
    port.set("protocol", Node::string(published.protocol));
    node.push(std::move(port));
  }
  return node;
}

/// Its mounts; the named volumes among them are defined in `model`.
Node mounts_of(const engine::ContainerDetails& container, Node& model) {
  auto node = Node::list();
  for (const auto& mount : container.mounts) {
    if (mount.type != "volume" && mount.type != "bind") continue;
    auto entry = Node::map();
    entry.set("type", Node::string(mount.type));
    entry.set("source", Node::string(mount.type == "volume" ? mount.name : mount.source));
    entry.set("target", Node::string(mount.destination));
    if (!mount.read_write) entry.set("read_only", Node::boolean(true));
    if (mount.type == "volume") section(section(model, "volumes"), mount.name);
    node.push(std::move(entry));
  }
  return node;
}

Node networks_of(const engine::ContainerDetails& container, Node& model) {
  auto node = Node::map();
  for (const auto& [name, id] : container.networks) {
    section(node, name);
    section(section(model, "networks"), name);
  }
  return node;
}

Node service_of(const engine::ContainerDetails& container, Node& model) {
  auto service = Node::map();
  auto& environment = section(service, "environment");
  for (const auto& variable : container.environment) {
    const auto equals = variable.find('=');
    const auto value = equals == std::string::npos ? std::string() : variable.substr(equals + 1);
    environment.set(variable.substr(0, equals), Node::string(value));
  }
  if (container.health_spec) service.set("healthcheck", health_of(*container.health_spec));
  service.set("image", Node::string(container.image));
  auto labels = Node::map();
  for (const auto& [key, value] : container.labels)
    if (!key.starts_with(plan::labels::prefix)) labels.set(key, Node::string(value));
  if (!labels.as_map().empty()) service.set("labels", std::move(labels));
  service.set("networks", networks_of(container, model));
  if (auto ports = ports_of(container); !ports.as_list().empty()) service.set("ports", std::move(ports));
  service.set("scale", Node::integer(1));
  if (auto mounts = mounts_of(container, model); !mounts.as_list().empty())
    service.set("volumes", std::move(mounts));
  return service;
}

void add(Node& model, const engine::ContainerDetails& container) {
  const auto& label = value_of(container.labels, plan::labels::service);
  const auto& name = label.empty() ? container.name : label;
  if (Node* replica = section(model, "services").find(name)) {
    replica->set("scale", Node::integer(replica->find("scale")->as_integer() + 1));
    return;
  }
  auto service = service_of(container, model);  // adds to the model: no reference into it outlives that
  section(model, "services").set(name, std::move(service));
}

int run(Context& context, const Arguments& arguments) {
  const auto& names = arguments.positional();
  if (context.called_as() != CalledAs::crstack) write_error("generate command is EXPERIMENTAL\n");
  if (names.empty()) throw UsageError("at least one container must be specified");
  const auto format = arguments.text_or("format", "yaml");
  if (format != "yaml" && format != "json")
    throw UsageError("unsupported format \"" + format + "\"", "Use yaml or json.");
  auto& engine = context.engine();
  auto model = Node::map();
  if (const auto name = arguments.text_or("name", ""); !name.empty() || format == "json")
    model.set("name", Node::string(name));
  for (const auto& summary : engine.list_containers({}, engine::Containers::Which::all))
    for (const auto& name : names)
      if (summary.name.find(name) != std::string::npos || summary.id.starts_with(name)) {
        add(model, engine.inspect_container(summary.id));
        break;
      }
  if (model.find("services") == nullptr)
    throw Error("no container(s) found with the following name(s): " + join(names, ", "));
  const auto dollars = manifest::Dollars::doubled;
  write_out((format == "json" ? manifest::to_json(model, dollars) : manifest::to_yaml(model, dollars)) +
            "\n");
  return 0;
}

}  // namespace

constinit const Command alpha_generate_command{
    .name = "alpha generate",
    .aliases = "",
    .synopsis = "[OPTIONS] [CONTAINERS...]",
    .summary = "Write a manifest for containers that exist",
    .details = "Containers are named by their names, parts of these, or IDs. Commands are left out.",
    .options = options,
    .run = run,
};

}  // namespace crstack::cli
