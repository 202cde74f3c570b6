// SPDX-License-Identifier: MIT
#include <algorithm>
#include <set>

#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/listing/listing.hpp"
#include "cli/project_containers.hpp"
#include "crstack/base/text.hpp"
#include "crstack/plan/labels.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"--format", Takes::text, "string", "Format: table, json, a Go template, or 'table TEMPLATE'",
     "table json"},
    {"-q,--quiet", Takes::flag, "", "Show only the volumes' names", ""},
};

// The volumes that containers of these services mount.
std::set<std::string> mounted_by(Context& context, const std::string& project,
                                 const std::vector<std::string>& services) {
  std::set<std::string> names;
  for (const auto& container :
       project_containers(context.engine(), project, engine::Containers::Which::all, OneOffs::leave)) {
    if (std::find(services.begin(), services.end(), service_of(container)) == services.end()) continue;
    for (const auto& mount : container.mounts)
      if (mount.type == "volume") names.insert(mount.name);
  }
  return names;
}

Value record_of(const engine::VolumeInfo& volume) {
  std::vector<std::string> labels;
  for (const auto& [key, value] : volume.labels) labels.push_back(key + "=" + value);
  auto record = Value::record({{"Availability", "N/A"},
                               {"Driver", volume.driver},
                               {"Group", "N/A"},
                               {"Labels", join(labels, ",")},
                               {"Links", "N/A"},
                               {"Mountpoint", volume.mountpoint},
                               {"Name", volume.name},
                               {"Scope", "local"},
                               {"Size", "N/A"},
                               {"Status", "N/A"}});
  return with_labels(std::move(record), volume.labels);
}

int run(Context& context, const Arguments& arguments) {
  const auto& services = arguments.positional();
  const auto scope = context.scope(services);
  require_services(scope, services);
  auto volumes = context.engine().list_volumes({std::string(plan::labels::project) + "=" + scope.name});
  if (!services.empty()) {
    const auto wanted = mounted_by(context, scope.name, services);
    std::erase_if(volumes, [&](const auto& volume) { return !wanted.contains(volume.name); });
  }
  std::sort(volumes.begin(), volumes.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  std::string names;
  std::vector<Value> records;
  for (const auto& volume : volumes) {
    names += volume.name + "\n";
    records.push_back(record_of(volume));
  }
  const std::vector<Column> columns = {{"Driver", "DRIVER"}, {"Name", "VOLUME NAME"}};
  const std::vector<Column> more = {{"Labels", "LABELS"}, {"Mountpoint", "MOUNTPOINT"}, {"Scope", "SCOPE"}};
  const auto format = arguments.text_or("format", "table");
  write_out(arguments.flag("quiet") ? names
            : format == "raw"       ? format_raw(records, {{"Name", "name"}, {"Driver", "driver"}})
                                    : format_listing(format, records, columns, more));
  return 0;
}

}  // namespace

constinit const Command volumes_command{
    .name = "volumes",
    .aliases = "",
    .synopsis = "[OPTIONS] [SERVICE...]",
    .summary = "List volumes",
    .details = "",
    .options = options,
    .run = run,
};

}  // namespace crstack::cli
