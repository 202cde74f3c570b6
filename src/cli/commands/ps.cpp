// SPDX-License-Identifier: MIT
#include <algorithm>
#include <set>

#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/listing/human.hpp"
#include "cli/listing/listing.hpp"
#include "cli/project_containers.hpp"
#include "cli/screen.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"

namespace crstack::cli {
namespace {

using engine::ContainerSummary;
using Containers = std::vector<ContainerSummary>;

constexpr Option options[] = {
    {"-a,--all", Takes::flag, "", "Show stopped containers as well, and those made by run", ""},
    {"--filter", Takes::text, "string", "Filter by a property (supported: status)", ""},
    {"--format", Takes::text, "string", "Format: table, json, a Go template, or 'table TEMPLATE'",
     "table json"},
    {"--no-trunc", Takes::flag, "", "Don't shorten the output", ""},
    {"--orphans", Takes::flag, "", "Include services that the manifest does not have (default true)", ""},
    {"-q,--quiet", Takes::flag, "", "Show only IDs", ""},
    {"--services", Takes::flag, "", "Show only the services' names", ""},
    {"--status", Takes::list, "stringArray", "Show only containers in this state",
     "paused restarting removing running dead created exited"},
};

std::vector<std::string> wanted_states(const Arguments& arguments) {
  auto states = arguments.list("status");
  if (const auto filter = arguments.text("filter")) {
    const auto equals = filter->find('=');
    if (equals == std::string::npos)
      throw UsageError("arguments to --filter should be in form KEY=VAL",
                       "For example --filter status=running.");
    if (filter->substr(0, equals) != "status")
      throw UsageError("unknown filter " + filter->substr(0, equals), "The only filter is status.");
    states.push_back(filter->substr(equals + 1));
  }
  return states;
}

void keep_services(Containers& containers, const std::vector<std::string>& services,
                   const ProjectScope& scope) {
  if (services.empty()) return;
  require_services(scope, services);
  std::erase_if(containers, [&](const auto& container) {
    return std::find(services.begin(), services.end(), service_of(container)) == services.end();
  });
}

Containers wanted_containers(Context& context, const Arguments& arguments) {
  const auto states = wanted_states(arguments);
  const auto scope = context.scope(arguments.positional());
  const bool all = arguments.flag("all") || !states.empty();
  using Which = engine::Containers::Which;
  auto containers = project_containers(context.engine(), scope.name, all ? Which::all : Which::running,
                                       all ? OneOffs::include : OneOffs::leave);
  keep_services(containers, arguments.positional(), scope);
  if (!states.empty()) {
    std::erase_if(containers, [&](const auto& container) {
      return std::find(states.begin(), states.end(), to_string(container.state)) == states.end();
    });
  }
  if (scope.project != nullptr && !arguments.flag_or("orphans", true))
    std::erase_if(containers, [&](const auto& container) {
      return !scope.project->services.contains(service_of(container));
    });
  return containers;
}

std::string label_text(const engine::StringMap& labels) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : labels) parts.push_back(key + "=" + value);
  return join(parts, ",");
}

Value publishers(const ContainerSummary& container) {
  auto ports = container.ports;
  std::stable_sort(ports.begin(), ports.end(), [](const auto& left, const auto& right) {
    return left.container_port < right.container_port;
  });
  std::vector<Value> items;
  for (const auto& port : ports) {
    items.push_back(Value::record({{"URL", port.host_ip},
                                   {"TargetPort", port.container_port},
                                   {"PublishedPort", port.host_port},
                                   {"Protocol", port.protocol}}));
  }
  return Value::list(std::move(items));
}

std::string mount_names(const ContainerSummary& container, bool truncate) {
  std::vector<std::string> names;
  for (const auto& mount : container.mounts) {
    const auto& name = mount.name.empty() ? mount.source : mount.name;
    names.push_back(truncate ? ellipsis(name, 15) : name);
  }
  return join(names, ",");
}

std::string network_names(const ContainerSummary& container) {
  std::vector<std::string> names;
  for (const auto& [name, id] : container.networks) names.push_back(name);
  return join(names, ",");
}

std::string size_text(const ContainerSummary& container) {
  const auto size = human_size(static_cast<double>(std::max<std::int64_t>(container.size_rw, 0)));
  if (container.size_root_fs <= 0) return size;
  return size + " (virtual " + human_size(static_cast<double>(container.size_root_fs)) + ")";
}

Value record_of(const ContainerSummary& container, bool truncate, const std::string& age) {
  const auto volumes = std::count_if(container.mounts.begin(), container.mounts.end(),
                                     [](const auto& mount) { return mount.type == "volume"; });
  const auto command = truncate ? ellipsis(container.command, 20) : container.command;
  auto record = Value::record({
      {"Command", go_string(command)},
      {"CreatedAt", created_at(container.created)},
      {"ExitCode", container.exit_code.value_or(0)},
      {"Health", container.health == engine::Health::none ? "" : to_string(container.health)},
      {"ID", truncate ? container.id.substr(0, 12) : container.id},
      {"Image", container.image},
      {"Labels", label_text(container.labels)},
      {"LocalVolumes", std::to_string(volumes)},
      {"Mounts", mount_names(container, truncate)},
      {"Name", container.name},
      {"Names", container.name},
      {"Networks", network_names(container)},
      {"Ports", shown_ports(container.ports)},
      {"Project", label_of(container, "com.docker.compose.project")},
      {"Publishers", publishers(container)},
      {"RunningFor", age},
      {"Service", service_of(container)},
      {"Size", size_text(container)},
      {"State", to_string(container.state)},
      {"Status", container.status},
  });
  return with_labels(std::move(record), container.labels);
}

std::string listed(const Containers& containers, const Arguments& arguments, std::int64_t now,
                   std::size_t width) {
  std::vector<Value> records;
  for (const auto& container : containers) {
    const auto age =
        human_span(std::chrono::seconds(std::max<std::int64_t>(now - container.created, 0))) + " ago";
    records.push_back(record_of(container, !arguments.flag("no-trunc"), age));
  }
  const auto format = arguments.text_or("format", "table");
  if (format == "raw")
    return format_raw(records, {{"ID", "container_id"},
                                {"Image", "image"},
                                {"Command", "command"},
                                {"CreatedAt", "created_at"},
                                {"State", "state"},
                                {"Status", "status"},
                                {"Names", "names"},
                                {"Labels", "labels"},
                                {"Ports", "ports"}});
  const std::vector<Column> columns = {
      {"Name", "NAME"},          {"Image", "IMAGE"},   {"Command", "COMMAND"}, {"Service", "SERVICE"},
      {"RunningFor", "CREATED"}, {"Status", "STATUS"}, {"Ports", "PORTS"}};
  const std::vector<Column> more = {{"ID", "CONTAINER ID"},      {"Names", "NAMES"},
                                    {"CreatedAt", "CREATED AT"}, {"State", "STATE"},
                                    {"Health", "HEALTH"},        {"ExitCode", "EXIT CODE"},
                                    {"Project", "PROJECT"},      {"Labels", "LABELS"},
                                    {"Mounts", "MOUNTS"},        {"LocalVolumes", "LOCAL VOLUMES"},
                                    {"Networks", "NETWORKS"},    {"Size", "SIZE"},
                                    {"Publishers", "PUBLISHERS"}};
  return format_listing(format, records, columns, more, {.max_width = width});
}

int run(Context& context, const Arguments& arguments) {
  const auto containers = wanted_containers(context, arguments);
  std::string text;
  if (arguments.flag("quiet")) {
    for (const auto& container : containers) text += container.id + "\n";
  } else if (arguments.flag("services")) {
    std::set<std::string> services;
    for (const auto& container : containers) services.insert(service_of(container));
    text = join({services.begin(), services.end()}, "\n") + "\n";  // an empty line for none
  } else {
    const auto now = std::chrono::system_clock::to_time_t(context.clock().system_now());
    const auto& terminal = context.screen().data_terminal;
    const bool fit = terminal.is_terminal() && !arguments.flag("no-trunc");
    text = listed(containers, arguments, now, fit ? static_cast<std::size_t>(terminal.size().columns) : 0);
  }
  write_out(text);
  return 0;
}

}  // namespace

constinit const Command ps_command{
    .name = "ps",
    .aliases = "",
    .synopsis = "[OPTIONS] [SERVICE...]",
    .summary = "List containers",
    .details = "",
    .options = options,
    .run = run,
};

}  // namespace crstack::cli
