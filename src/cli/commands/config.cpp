// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <algorithm>

#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/listing/listing.hpp"
#include "cli/pinned_image.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/file.hpp"
#include "crstack/base/text.hpp"
#include "crstack/manifest/inspect.hpp"
#include "crstack/manifest/node.hpp"
#include "crstack/manifest/write.hpp"

namespace crstack::cli {
namespace {

using manifest::Map;
using manifest::Node;

constexpr Option options[] = {
    {"--environment", Takes::flag, "", "Print the variables that interpolation knows", ""},
    {"--explain", Takes::text, "path", "Say where a value comes from (`services.web.image`)", ""},
    {"--format", Takes::text, "string", "Output format (default \"yaml\")", "yaml json"},
    {"--hash", Takes::text, "string", "Print the config hash of these services (comma-separated, or \"*\")",
     ""},
    {"--images", Takes::flag, "", "Print the image names, one per line", ""},
    {"--lock-image-digests", Takes::flag, "", "Print an override file with the images' digests", ""},
    {"--models", Takes::flag, "", "Print the model names, one per line", ""},
    {"--networks", Takes::flag, "", "Print the network names, one per line", ""},
    {"--no-consistency", Takes::flag, "", "Don't check that the parts fit together", ""},
    {"--no-env-resolution", Takes::flag, "", "Don't resolve service env files", ""},
    {"--no-interpolate", Takes::flag, "", "Don't replace variables", ""},
    {"--no-normalize", Takes::flag, "", "Don't add what is implied", ""},
    {"--no-path-resolution", Takes::flag, "", "Don't make paths absolute", ""},
    {"-o,--output", Takes::text, "string", "Write to a file (default: standard output)", ""},
    {"--profiles", Takes::flag, "", "Print the profile names, one per line", ""},
    {"-q,--quiet", Takes::flag, "", "Only check, print nothing", ""},
    {"--resolve-image-digests", Takes::flag, "", "Pin image tags to digests", ""},
    {"--services", Takes::flag, "", "Print the service names, one per line", ""},
    {"--variables", Takes::flag, "", "Print the variables that the manifest uses, and their defaults", ""},
    {"--volumes", Takes::flag, "", "Print the volume names, one per line", ""},
};

bool asks_for_hashes(const Arguments& arguments) {
  return !arguments.text_or("hash", "").empty();
}

/// Whether names are listed, for which no variables of services are needed.
bool lists_names(const Arguments& arguments) {
  constexpr const char* lists[] = {"services", "volumes", "networks", "models", "profiles", "images"};
  return std::any_of(std::begin(lists), std::end(lists), [&](auto* one) { return arguments.flag(one); });
}

manifest::LoadOptions load_options(const Context& context, const Arguments& arguments) {
  auto wanted = context.load_options();
  const bool hashed =
      asks_for_hashes(arguments);  // a hash is taken of all that is active, files by their name
  if (!hashed) wanted.services = arguments.positional();
  wanted.interpolate = !arguments.flag("no-interpolate");
  wanted.normalize = !arguments.flag("no-normalize") && !context.global().flag("compatibility");
  wanted.resolve_paths = !arguments.flag("no-path-resolution");
  wanted.check_consistency = !arguments.flag("no-consistency");
  if (hashed || lists_names(arguments))
    wanted.env_files_of = manifest::FilesOf::none;
  else if (arguments.flag("no-env-resolution"))
    wanted.env_files_of = manifest::FilesOf::services_active_by_profile;
  wanted.label_files_of = manifest::FilesOf::services_active_by_profile;
  wanted.hashes = false;  // those that --hash asks for are taken of the tree
  return wanted;
}

manifest::Loaded load(Context& context, const manifest::LoadOptions& wanted) {
  auto loaded = manifest::load(wanted);
  tell(context, loaded.warnings);
  return loaded;
}

/// The names in a section; of a model, the name by which it is fetched.
std::string names_in(const Node& model, std::string_view section) {
  std::vector<std::string> names;
  if (const Node* map = model.find(section); map && map->is_map())
    for (const Map::Entry& entry : map->as_map())
      names.push_back(section == "models" ? std::string(entry.value.text("model")) : entry.key);
  std::sort(names.begin(), names.end());
  std::string text;
  for (const auto& name : names) text += name + '\n';
  return text;
}

/// Visits services in the order of their names.
template <typename Visit>
void each_service(const Node& model, Visit visit) {
  const Node* services = model.find("services");
  if (!services || !services->is_map()) return;
  std::vector<const Map::Entry*> sorted;
  for (const Map::Entry& entry : services->as_map()) sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(), [](auto* a, auto* b) { return a->key < b->key; });
  for (const auto* entry : sorted) visit(*entry);
}

std::string images_of(const Node& model) {
  std::string text;
  each_service(model, [&](const Map::Entry& service) {
    std::string image(service.value.text("image"));
    const bool made = service.value.find("build") || service.value.find("provider");
    if (image.empty() && made) image = std::string(model.text("name")) + '-' + service.key;
    if (!image.empty()) text += image + '\n';
  });
  return text;
}

/// Of `wanted`, names with commas or `*`; throws UsageError for one that isn't there or isn't active.
std::string hashes_of(const Node& model, const project::Project& project, const std::string& wanted) {
  const std::vector<std::string> names = wanted == "*" ? std::vector<std::string>{} : split(wanted, ',');
  for (const auto& name : names)
    if (!project.services.contains(name))
      throw UsageError("no such service: " + name +
                       (project.disabled_services.contains(name) ? ": disabled" : ": not found"));
  std::string text;
  each_service(model, [&](const Map::Entry& service) {
    const bool asked = names.empty() || std::find(names.begin(), names.end(), service.key) != names.end();
    if (asked) text += service.key + ' ' + manifest::service_hash(service.value) + '\n';
  });
  return text;
}

/// A text behind `key:`, without its line end.
std::string yaml_text(const std::string& value) {
  const auto lines = split(manifest::raw_to_yaml(Node::string(value)), '\n');
  return join({lines.begin(), lines.end() - 1}, "\n        ");
}

std::string variables_of(const Node& model, const std::string& format) {
  std::vector<Value> table;
  auto json = Value::record({});
  std::string yaml;
  for (const auto& one : manifest::used_variables(model)) {
    const auto fields = Value::record({{"Name", one.name},
                                       {"DefaultValue", one.default_value},
                                       {"PresenceValue", one.presence_value},
                                       {"Required", one.required}});
    table.push_back(fields);
    json.fields.emplace_back(one.name, fields);
    yaml += yaml_text(one.name).substr(1) + ":\n";
    for (const auto& [key, value] : fields.fields)
      yaml += "    " + to_lower(key) + ":" +
              (value.kind == Value::Kind::boolean ? " " + to_text(value) : yaml_text(value.text)) + "\n";
  }
  if (format == "yaml") return yaml.empty() ? "{}\n" : yaml;
  const std::vector<Column> columns = {{"Name", "NAME"},
                                       {"Required", "REQUIRED"},
                                       {"DefaultValue", "DEFAULT VALUE"},
                                       {"PresenceValue", "ALTERNATE VALUE"}};
  return format_simple_listing(format, table, columns, json);
}

std::string place(const project::SourceLocation& where) {
  return where.file + ':' + std::to_string(where.line) + ':' + std::to_string(where.column);
}

std::string explanation_of(const manifest::LoadOptions& wanted, const std::string& path) {
  const auto explanation = manifest::explain(wanted, path);
  if (!explanation.found && explanation.steps.empty())
    throw UsageError("the manifest has no value at '" + path + "'");
  std::string text = path;
  if (!explanation.value.empty()) text += " = " + explanation.value;
  text += explanation.found ? "\n" : " (not in the result)\n";
  std::size_t left = explanation.steps.size();
  for (const auto& step : explanation.steps) {
    text += "  " + place(step.where) + (step.text.empty() ? "" : ": " + step.text);
    if (!step.through.empty()) text += " (" + step.through + ')';
    if (--left == 0 && explanation.steps.size() > 1) text += " (goes before the above)";
    text += '\n';
    for (const auto& variable : step.variables) text += "    " + variable + '\n';
  }
  if (explanation.steps.empty())
    text += explanation.from ? "  made from " + place(*explanation.from) + '\n'
                             : std::string("  the specification's default\n");
  return text;
}

void pin_images(Context& context, Node& model) {
  Node* services = model.find("services");
  for (Map::Entry& service : services->as_map()) {
    Node* image = service.value.find("image");
    if (image && image->is_string() && !image->as_string().empty())
      image->as_string() = pinned_image(context.engine(), image->as_string());
  }
}

Node images_only(const Node& model) {
  Node only = Node::map();
  Node& services = only.set("services", Node::map());
  each_service(model, [&](const Map::Entry& service) {
    Node& entry = services.set(service.key, Node::map());
    if (const Node* image = service.value.find("image")) entry.set("image", *image);
  });
  return only;
}

/// Variables are looked for in all of the manifest as it is written.
std::string variables_of_whole(Context& context, manifest::LoadOptions wanted, const Arguments& arguments) {
  wanted.interpolate = false;
  const auto loaded = load(context, wanted);
  return variables_of(*loaded.model, arguments.text_or("format", ""));
}

std::string profiles_of(Context& context, manifest::LoadOptions wanted) {
  wanted.finish_raw = true;
  const auto loaded = load(context, wanted);
  manifest::select_services(*loaded.model, wanted.services);  // an unknown name is an error
  std::string text;
  for (const auto& name : loaded.profiles) text += name + '\n';
  return text;
}

bool asks_for_variables(const Arguments& arguments) {
  if (asks_for_hashes(arguments)) return false;
  return arguments.flag("variables") && !arguments.flag("profiles") && !arguments.flag("images");
}

const char* asked_section(const Arguments& arguments) {
  for (const char* section : {"services", "volumes", "networks", "models"})
    if (arguments.flag(section)) return section;
  return nullptr;
}

/// What was asked for instead of the manifest; nothing where it was the manifest.
std::optional<std::string> listing(Context& context, const manifest::LoadOptions& wanted,
                                   const Arguments& arguments) {
  if (const auto path = arguments.text("explain")) return explanation_of(wanted, *path);
  const char* section = asked_section(arguments);
  if (!section && asks_for_variables(arguments)) return variables_of_whole(context, wanted, arguments);
  if (!section && arguments.flag("profiles") && !asks_for_hashes(arguments))
    return profiles_of(context, wanted);
  if (!section && !arguments.flag("images") && !asks_for_hashes(arguments) && !arguments.flag("environment"))
    return {};
  auto active = wanted;
  if (section) active.services.clear();  // sections are listed whole, whatever services are named
  active.finish_raw = !arguments.flag("services");
  const auto loaded = load(context, active);
  if (section) return names_in(*loaded.model, section);
  const auto model = manifest::select_services(*loaded.model, wanted.services);
  if (asks_for_hashes(arguments)) return hashes_of(*model, *loaded.project, *arguments.text("hash"));
  if (arguments.flag("images")) return images_of(*model);
  std::string text;
  for (const auto& [name, value] : loaded.project->environment) text += name + '=' + value + '\n';
  return text;
}

/// The part of the loaded tree that was asked for, with the images' digests where they were.
std::shared_ptr<const Node> shown_model(Context& context, const manifest::LoadOptions& wanted,
                                        const Arguments& arguments) {
  auto model = load(context, wanted).model;
  // What services use can't be known before variables are replaced.
  if (wanted.interpolate && !wanted.services.empty())
    model = manifest::select_services(*model, wanted.services);
  if (!arguments.flag("resolve-image-digests") && !arguments.flag("lock-image-digests")) return model;
  auto pinned = std::make_shared<Node>(*model);
  pin_images(context, *pinned);
  if (arguments.flag("lock-image-digests")) *pinned = images_only(*pinned);
  return pinned;
}

/// A lock file has no name, which JSON says so.
Node with_name(Node model) {
  if (!model.find("name")) model.set("name", Node::string(""));
  return model;
}

std::string manifest_text(Context& context, const manifest::LoadOptions& wanted, const Arguments& arguments) {
  const auto format = arguments.text_or("format", "yaml");
  if (format != "yaml" && format != "json" && !format.empty())
    throw UsageError("unsupported format \"" + format + "\"", "yaml or json");
  auto complete = wanted;
  complete.distinct_container_names = true;
  const auto model = shown_model(context, complete, arguments);
  const bool locked = arguments.flag("lock-image-digests");
  const bool raw = (locked && format == "yaml") || !wanted.interpolate;
  if (arguments.flag("quiet")) return {};
  if (format == "json")
    return raw ? manifest::raw_to_json(*model)
               : manifest::to_json(with_name(*model), manifest::Dollars::doubled);
  return raw ? manifest::raw_to_yaml(*model) : manifest::to_yaml(*model, manifest::Dollars::doubled);
}

int run(Context& context, const Arguments& arguments) {
  const auto wanted = load_options(context, arguments);
  if (const auto text = listing(context, wanted, arguments)) {
    write_out(*text);
    return 0;
  }
  const auto text = manifest_text(context, wanted, arguments);
  const auto path = arguments.text_or("output", "");  // lists and hashes never go there
  if (!path.empty()) {
    if (!text.empty()) write_file(path, text);
    return 0;
  }
  const bool unfinished = !text.empty() && text.back() != '\n' && ::isatty(STDOUT_FILENO) != 0;
  write_out(unfinished ? text + '\n' : text);
  return 0;
}

}  // namespace

constinit const Command config_command{
    .name = "config",
    .aliases = "convert",
    .synopsis = "[OPTIONS] [SERVICE...]",
    .summary = "Check the manifest and print it in canonical form",
    .details = "",
    .options = options,
    .run = run,
    .count = {},
};

}  // namespace crstack::cli
