// SPDX-License-Identifier: MIT
#include "cli/build/bake_file.hpp"
#include "cli/build/image_builder.hpp"
#include "cli/commands/commands.hpp"
#include "cli/push_images.hpp"
#include "cli/run_plan.hpp"
#include "cli/screen.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/units.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"--build-arg", Takes::list, "stringArray", "Set a build argument, NAME=VALUE", ""},
    {"--builder", Takes::text, "string", "The buildx builder to use", ""},
    {"--check", Takes::flag, "", "Check the build's configuration only (buildx)", ""},
    {"-m,--memory", Takes::text, "bytes", "Memory limit of the build's containers (classic builder only)",
     ""},
    {"--no-cache", Takes::flag, "", "Don't use the cache", ""},
    {"--print", Takes::flag, "", "Print the equivalent bake file", ""},
    {"--progress", Takes::text, "string", "The same as in front of the command", "auto tty plain json quiet",
     Shown::hidden},
    {"--provenance", Takes::text, "string", "Add a provenance attestation (buildx)", ""},
    {"--pull", Takes::flag, "", "Look for a newer version of the base images", ""},
    {"--push", Takes::flag, "", "Push the images", ""},
    {"-q,--quiet", Takes::flag, "", "Show no output of builds", ""},
    {"--sbom", Takes::text, "string", "Add an SBOM attestation (buildx)", ""},
    {"--ssh", Takes::text, "string", "SSH agent for the build", ""},
    {"--with-dependencies", Takes::flag, "", "Build dependencies as well", ""},
    {"--compress", Takes::flag, "", "Accepted and not used", "", Shown::hidden},
    {"--force-rm", Takes::flag, "", "Accepted and not used", "", Shown::hidden},
    {"--no-rm", Takes::flag, "", "Accepted and not used", "", Shown::hidden},
    {"--parallel", Takes::flag, "", "Accepted and not used", "", Shown::hidden},
};

plan::BuildOptions read_options(const Arguments& arguments, const Environment& environment) {
  plan::BuildOptions options;
  options.services = arguments.positional();
  options.no_cache = arguments.flag("no-cache");
  options.pull = arguments.flag("pull");
  if (arguments.flag("with-dependencies")) options.dependencies = plan::Dependencies::include;
  for (const auto& word : arguments.list("build-arg")) {
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    const auto found = environment.find(name);
    if (equals != std::string::npos) {
      options.args[name] = word.substr(equals + 1);
    } else {
      options.args[name] = found != environment.end() ? std::optional(found->second) : std::nullopt;
    }
  }
  return options;
}

std::int64_t memory_of(const Arguments& arguments) {
  const auto text = arguments.text_or("memory", "0");
  if (const auto bytes = parse_byte_size(text)) return *bytes;
  throw UsageError("invalid argument \"" + text + "\" for \"-m, --memory\" flag: invalid size: '" + text +
                   "'");
}

BuildSettings read_settings(const Arguments& arguments) {
  BuildSettings settings;
  settings.builder = arguments.text_or("builder", "");
  settings.ssh = arguments.text_or("ssh", "");
  if (arguments.given("ssh") && settings.ssh.empty()) settings.ssh = "default";  // the caller's agent
  settings.provenance = arguments.text_or("provenance", "");
  settings.sbom = arguments.text_or("sbom", "");
  settings.quiet = arguments.flag("quiet");
  settings.check = arguments.flag("check");
  settings.memory = memory_of(arguments);
  settings.push = arguments.flag("push");
  return settings;
}

int run(Context& context, const Arguments& arguments) {
  const auto options = read_options(arguments, context.environment());
  auto settings = read_settings(arguments);
  if (const auto word = arguments.text("progress")) {
    context.use_progress(progress_mode(*word));
    write_error("--progress is a global compose flag, better use `docker compose --progress xx build ...\n");
  }
  if (settings.quiet) context.use_progress(ui::ProgressMode::quiet);
  const auto& project = context.project(options.services);
  require_services(ProjectScope{project.name, &project}, options.services);
  const auto plan = plan::plan_build(project, {}, options);
  const auto builds = builds_of(plan);
  if (builds.empty()) return 0;
  if (arguments.flag("print")) {
    write_out(to_indented_json(bake_file(builds, settings, context.environment(), project)) + "\n");
    return 0;
  }
  const auto builder = make_image_builder(context, settings);
  const int code = run_plan(context, plan, {{}, {}, builder.get()});
  const bool pushed = builder->shows() == exec::ImageBuilder::Shows::image;  // by buildx
  if (code != 0 || !settings.push || pushed || context.dry_run()) return code;
  std::vector<ServiceImage> images;
  for (const auto& build : builds)  // an image without a name of its own is for this machine only
    if (!project.services.at(build.service).image.empty()) images.push_back({build.service, build.image});
  return push_images(context, images, PushFailures::fail);
}

}  // namespace

constinit const Command build_command{
    .name = "build",
    .aliases = "",
    .synopsis = "[OPTIONS] [SERVICE...]",
    .summary = "Build the services' images",
    .details = "",
    .options = options,
    .run = run,
    .effect = Effect::changes,
    .title = "Building",
};

}  // namespace crstack::cli
