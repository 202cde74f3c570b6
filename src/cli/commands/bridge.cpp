// SPDX-License-Identifier: MIT
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/bridge/bridge_model.hpp"
#include "cli/bridge/transformation.hpp"
#include "cli/command_line/group.hpp"
#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/run_plan.hpp"
#include "cli/streams/attached_run.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/file.hpp"
#include "crstack/manifest/write.hpp"
#include "crstack/plan/container_spec.hpp"

namespace crstack::cli {
namespace {

namespace fs = std::filesystem;

constexpr Option options[] = {
    {"-o,--output", Takes::text, "string", "Directory that the result goes to (default \"out\")", ""},
    {"--templates", Takes::text, "string", "Directory with templates for the transformation", ""},
    {"-t,--transformation", Takes::list, "stringArray",
     "Image that transforms the model (default: docker/compose-bridge-kubernetes)", ""},
};

std::string absolute(const std::string& path) {
  return fs::absolute(path).lexically_normal().string();
}

/// A directory for this run alone: the model that lies in it may hold secrets.
class PrivateDirectory {
 public:
  PrivateDirectory() : path_((fs::temp_directory_path() / "crstack-bridge-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr)
      throw Error("can't make a directory " + path_ + ": " + std::strerror(errno));
  }
  ~PrivateDirectory() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  PrivateDirectory(const PrivateDirectory&) = delete;
  PrivateDirectory& operator=(const PrivateDirectory&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::vector<std::string> transformations_of(const Arguments& arguments) {
  auto images = arguments.list("transformation");
  if (images.empty()) images.emplace_back(default_transformation);
  return images;
}

/// Services run by a provider have no image. What is built here is in no registry.
std::vector<MissingImage> missing_images(engine::Engine& engine, const project::Project& project,
                                         const std::vector<std::string>& transformations) {
  std::vector<MissingImage> missing;
  for (const auto& [name, service] : project.services)
    if (!service.image.empty() && !service.build && !service.provider && !engine.inspect_image(service.image))
      missing.push_back({service.image, name, plan::platform_of(project, service)});
  for (const auto& image : transformations)
    if (!engine.inspect_image(image)) missing.push_back({image, "", ""});
  return missing;
}

std::string model_text(Context& context) {
  auto as_written = context.load_options();
  as_written.env_files_of = manifest::FilesOf::none;
  const auto unresolved = manifest::load(as_written);
  const auto& loaded = context.load();
  const auto known = [&](const std::string& name) {
    const auto& service = loaded.project->services.at(name);
    if (service.provider) return BridgeService{};
    const auto name_of_image = plan::image_name(*loaded.project, service);
    const auto image = context.engine().inspect_image(name_of_image);
    return BridgeService{name_of_image, image ? image->exposed_ports : std::vector<std::string>()};
  };
  return manifest::to_sorted_yaml(bridge_model(*loaded.model, *unresolved.model, known, read_file));
}

/// Runs it to its end, and leaves no container. Gives its exit code.
int transform(engine::Engine& engine, const std::string& image, const std::vector<std::string>& binds) {
  const TransformationContainer container(engine, image, binds);
  AttachRequest request;
  request.container = container.id();
  request.input = Input::none;
  request.begin = AttachRequest::Begin::start;
  request.signals = AttachRequest::Signals::end;
  return attach_to(engine, request).exit_code;
}

int run_convert(Context& context, const Arguments& arguments) {
  const auto& project = context.project();
  const auto transformations = transformations_of(arguments);
  const auto output = absolute(arguments.text_or("output", "out"));
  const auto templates = arguments.text_or("templates", "");
  if (!templates.empty() && !fs::is_directory(templates))
    throw UsageError("there is no directory " + templates, "--templates names one.");
  auto& engine = context.engine();
  const auto pulls = plan_bridge_pulls(project.name, missing_images(engine, project, transformations));
  if (!pulls.empty())
    if (const int code = run_plan(context, pulls); code != 0) return code;
  context.finish_events();
  if (context.dry_run()) {
    for (const auto& image : transformations) write_out("run " + image + " for " + output + "\n");
    return 0;
  }
  const PrivateDirectory input;
  write_file(input.path() + "/compose.yaml", model_text(context));
  fs::create_directories(output);
  std::vector<std::string> binds{input.path() + ":/in", output + ":/out"};
  if (!templates.empty()) binds.push_back(absolute(templates) + ":/templates");
  for (const auto& image : transformations)
    if (const int code = transform(engine, image, binds); code != 0) return code;
  return 0;
}

int run_bridge(Context& context, const Arguments& arguments) {
  return show_group(bridge_command, context, arguments);
}

}  // namespace

constinit const Command bridge_command{
    .name = "bridge",
    .aliases = "",
    .synopsis = "COMMAND",
    .summary = "Convert the manifest into another model",
    .details = "",
    .options = {},
    .run = run_bridge,
};

constinit const Command bridge_convert_command{
    .name = "bridge convert",
    .aliases = "",
    .synopsis = "[OPTIONS]",
    .summary = "Convert the manifest to Kubernetes manifests, a Helm chart or another model",
    .details =
        "What converts it is an image: its container finds the whole model in /in/compose.yaml and "
        "writes to /out. Several work on the same output, one after the other.",
    .options = options,
    .run = run_convert,
    .count = {0, 0},
    .effect = Effect::changes,
};

}  // namespace crstack::cli
