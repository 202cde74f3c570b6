// SPDX-License-Identifier: MIT
#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/listing/human.hpp"
#include "cli/listing/listing.hpp"
#include "cli/project_containers.hpp"
#include "crstack/base/text.hpp"
#include "crstack/plan/image_reference.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"--format", Takes::text, "string", "Output format (default \"table\")", "table json"},
    {"-q,--quiet", Takes::flag, "", "Show only IDs", ""},
};

// What the container was made from, as the engine names it now: `sha256:…` once the tag has gone elsewhere.
std::pair<std::string, std::string> repository_and_tag(const std::string& image) {
  const auto reference = plan::familiar_reference(image);
  if (const auto digest = reference.find('@'); digest != std::string::npos)
    return {reference.substr(0, digest), ""};
  const auto colon = reference.rfind(':');
  return {reference.substr(0, colon), reference.substr(colon + 1)};
}

std::string platform_of(const engine::ImageDetails& image) {
  auto platform = image.os + "/" + image.architecture;
  return image.variant.empty() ? platform : platform + "/" + image.variant;
}

std::string without_algorithm(const std::string& id) {
  return id.starts_with("sha256:") ? id.substr(7) : id;
}

std::string rfc3339(engine::WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(time - seconds).count();
  const auto point = std::chrono::system_clock::to_time_t(seconds);
  std::tm parts{};
  gmtime_r(&point, &parts);
  char text[64];
  const auto length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  auto fraction = std::to_string(1000000000 + rest).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return std::string(text, length) + (fraction.empty() ? "" : "." + fraction) + "Z";
}

struct Row {
  Value table, json, entry;
};

/// When it was last built, pulled or tagged here, as docker compose shows it.
engine::WallTime time_of(const engine::ImageDetails& image) {
  return image.last_tagged > engine::WallTime() ? image.last_tagged : image.created;
}

Row row_of(const engine::ContainerSummary& container, const engine::ImageDetails& image,
           engine::WallTime now) {
  const auto [repository, tag] = repository_and_tag(container.image);
  const auto age =
      human_span(std::chrono::duration_cast<std::chrono::seconds>(now - time_of(image))) + " ago";
  Row row;
  row.table = Value::record({{"Container", container.name},
                             {"Repository", repository},
                             {"Tag", tag.empty() ? std::string("<none>") : tag},
                             {"Platform", platform_of(image)},
                             {"ID", without_algorithm(image.id).substr(0, 12)},
                             {"Size", human_size(static_cast<double>(image.size))},
                             {"Created", age}});
  row.json = Value::record({{"ID", image.id},
                            {"ContainerName", container.name},
                            {"Repository", repository},
                            {"Tag", tag},
                            {"Platform", platform_of(image)},
                            {"Size", image.size},
                            {"LastTagTime", rfc3339(time_of(image))}});
  auto platform = Value::record({{"architecture", image.architecture}, {"os", image.os}});
  if (!image.variant.empty()) platform.fields.emplace_back("variant", image.variant);
  row.entry = Value::record({{"ID", image.id},
                             {"Repository", repository},
                             {"Tag", tag},
                             {"Platform", std::move(platform)},
                             {"Size", image.size},
                             {"Created", rfc3339(image.created)},
                             {"LastTagTime", rfc3339(time_of(image))}});
  return row;
}

int run(Context& context, const Arguments& arguments) {
  const auto scope = context.scope(arguments.positional());
  auto& engine = context.engine();
  auto containers = project_containers(engine, scope.name, engine::Containers::Which::all, OneOffs::include);
  const auto& services = arguments.positional();
  std::map<std::string, std::optional<engine::ImageDetails>> images;
  std::vector<Value> table, json;
  auto entries = Value::record({});
  std::string ids;
  for (const auto& container : containers) {
    if (!services.empty() &&
        std::find(services.begin(), services.end(), service_of(container)) == services.end())
      continue;
    const auto [found, is_new] = images.try_emplace(container.image_id);
    if (is_new) found->second = engine.inspect_image(container.image_id);
    if (!found->second) continue;
    if (is_new) ids += without_algorithm(found->second->id) + "\n";
    auto row = row_of(container, *found->second, context.clock().system_now());
    table.push_back(std::move(row.table));
    json.push_back(std::move(row.json));
    entries.fields.emplace_back(container.name, std::move(row.entry));
  }
  const std::vector<Column> columns = {
      {"Container", "CONTAINER"}, {"Repository", "REPOSITORY"}, {"Tag", "TAG"},
      {"Platform", "PLATFORM"},   {"ID", "IMAGE ID"},           {"Size", "SIZE"},
      {"Created", "CREATED"}};
  const auto format = arguments.text_or("format", "table");
  if (arguments.flag("quiet"))
    write_out(ids);
  else if (format == "json")  // with docker compose's empty line
    write_out((json.empty() ? "null" : to_json(Value::list(json))) + "\n\n");
  else
    write_out(format_simple_listing(format, table, columns, entries));  // `JSON` is not `json` there
  return 0;
}

}  // namespace

constinit const Command images_command{
    .name = "images",
    .aliases = "",
    .synopsis = "[OPTIONS] [SERVICE...]",
    .summary = "List the images that the created containers use",
    .details = "",
    .options = options,
    .run = run,
};

}  // namespace crstack::cli
