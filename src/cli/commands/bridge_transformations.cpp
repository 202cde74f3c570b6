// SPDX-License-Identifier: MIT
#include <chrono>
#include <filesystem>

#include "cli/archive/tar_stream.hpp"
#include "cli/bridge/transformation.hpp"
#include "cli/command_line/group.hpp"
#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/listing/human.hpp"
#include "cli/listing/listing.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/file.hpp"

namespace crstack::cli {
namespace {

namespace fs = std::filesystem;

constexpr Option list_options[] = {
    {"--format", Takes::text, "string", "Output format (default \"table\")", "table json"},
    {"-q,--quiet", Takes::flag, "", "Show only names", ""},
};

constexpr Option create_options[] = {
    {"-f,--from", Takes::text, "string",
     "Transformation whose templates are copied (default: docker/compose-bridge-kubernetes)", ""},
};

std::string first_tag(const engine::ImageDetails& image) {
  return image.repo_tags.empty() ? "<none>:<none>" : image.repo_tags.front();
}

Value texts(const std::vector<std::string>& list) {
  return Value::list({list.begin(), list.end()});
}

Value table_row(const engine::ImageDetails& image) {
  const auto name = first_tag(image);
  const auto colon = name.rfind(':');
  const auto id = image.id.substr(image.id.find(':') + 1, 12);
  return Value::record({{"ID", id},
                        {"Repo", name.substr(0, colon)},
                        {"Tags", name.substr(colon + 1)},
                        {"Size", human_size(static_cast<double>(image.size))}});
}

Value json_row(const engine::ImageDetails& image) {
  std::vector<std::pair<std::string, Value>> labels(image.labels.begin(), image.labels.end());
  const auto created = std::chrono::floor<std::chrono::seconds>(image.created.time_since_epoch());
  return Value::record({{"Created", static_cast<std::int64_t>(created.count())},
                        {"Id", image.id},
                        {"Labels", Value::record(std::move(labels))},
                        {"RepoDigests", texts(image.repo_digests)},
                        {"RepoTags", texts(image.repo_tags)},
                        {"Size", image.size}});
}

int run_list(Context& context, const Arguments& arguments) {
  std::vector<Value> table, json;
  std::string names;
  for (const auto& image : context.engine().list_images({transformation_label})) {
    table.push_back(table_row(image));
    json.push_back(json_row(image));
    names += first_tag(image) + "\n";
  }
  const std::vector<Column> columns = {
      {"ID", "IMAGE ID"}, {"Repo", "REPO"}, {"Tags", "TAGS"}, {"Size", "SIZE"}};
  write_out(arguments.flag("quiet") ? names
                                    : format_simple_listing(arguments.text_or("format", "table"), table,
                                                            columns, Value::list(json)));
  return 0;
}

/// Its templates, out of a container that never starts.
void copy_templates(engine::Engine& engine, const std::string& image, const fs::path& directory) {
  const TransformationContainer container(engine, image, {});
  unpack_tar(directory.string(), "templates", Owner::current_user,
             [&](const engine::ByteSink& sink) { engine.get_archive(container.id(), "/templates", sink); });
}

int run_create(Context& context, const Arguments& arguments) {
  const auto path = fs::absolute(arguments.positional().front()).lexically_normal();
  if (fs::exists(path)) throw Error("output folder " + path.string() + " already exists");
  if (!context.dry_run()) {
    fs::create_directories(path);
    try {
      copy_templates(context.engine(), arguments.text_or("from", default_transformation), path);
    } catch (const Error&) {
      std::error_code ignored;
      fs::remove_all(path, ignored);
      throw;
    }
    write_file(path / "Dockerfile", std::string("FROM docker/compose-bridge-transformer\nLABEL ") +
                                        transformation_label + "\nCOPY templates /templates\n");
  }
  write_out("Transformer created in \"" + path.string() + "\"\n");
  return 0;
}

int run_group(Context& context, const Arguments& arguments) {
  return show_group(bridge_transformations_command, context, arguments);
}

}  // namespace

constinit const Command bridge_transformations_command{
    .name = "bridge transformations",
    .aliases = "",
    .synopsis = "COMMAND",
    .summary = "Handle the images that convert manifests",
    .details = "",
    .options = {},
    .run = run_group,
};

constinit const Command bridge_transformations_create_command{
    .name = "bridge transformations create",
    .aliases = "",
    .synopsis = "[OPTIONS] PATH",
    .summary = "Begin a transformation of your own with the templates of another one",
    .details = "Makes a directory with them and a Dockerfile.",
    .options = create_options,
    .run = run_create,
    .count = {1, 1},
    .effect = Effect::changes,
};

constinit const Command bridge_transformations_list_command{
    .name = "bridge transformations list",
    .aliases = "ls",
    .synopsis = "[OPTIONS]",
    .summary = "List the transformations that are here",
    .details = "",
    .options = list_options,
    .run = run_list,
    .count = {0, 0},
};

}  // namespace crstack::cli
