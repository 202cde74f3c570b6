// SPDX-License-Identifier: MIT
#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/push_images.hpp"
#include "crstack/base/error.hpp"
#include "crstack/graph/dependency_graph.hpp"
#include "crstack/plan/container_spec.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"--ignore-push-failures", Takes::flag, "", "Push what can be pushed", ""},
    {"--include-deps", Takes::flag, "", "Push the images of dependencies as well", ""},
    {"-q,--quiet", Takes::flag, "", "Show no progress", ""},
};

std::set<std::string> wanted_services(const project::Project& project, const Arguments& arguments) {
  std::set<std::string> services(arguments.positional().begin(), arguments.positional().end());
  for (const auto& service : services)
    if (!project.services.contains(service)) throw Error("no such service: " + service);
  if (services.empty())
    for (const auto& [name, service] : project.services) services.insert(name);
  if (arguments.flag("include-deps")) services = graph::DependencyGraph(project).with_dependencies(services);
  return services;
}

int run(Context& context, const Arguments& arguments) {
  if (arguments.flag("quiet")) context.use_progress(ui::ProgressMode::quiet);
  const auto& project = context.project(arguments.positional());
  std::vector<ServiceImage> images;
  for (const auto& name : wanted_services(project, arguments)) {
    const auto& service = project.services.at(name);
    const event::Subject subject{event::ResourceKind::image, name, name};
    if (!service.build || service.image.empty()) {
      context.events().emit(event::Progress{subject, event::Activity::skipped, event::Phase::done, ""});
      continue;
    }
    images.push_back({name, plan::image_name(project, service)});
  }
  if (context.dry_run()) {
    for (const auto& image : images) {
      const event::Subject subject{event::ResourceKind::image, image.service, image.service};
      context.events().emit(event::Progress{subject, event::Activity::pushing, event::Phase::working, ""});
      context.events().emit(
          event::Transfer{subject, "Pushing " + image.image + ": " + image.image, "Pushed", 0, 0});
      context.events().emit(event::Progress{subject, event::Activity::pushed, event::Phase::done, ""});
    }
    context.finish_events();
    for (const auto& image : images) write_out("push " + image.image + "\n");
    return 0;
  }
  const auto failures = arguments.flag("ignore-push-failures") ? PushFailures::warn : PushFailures::fail;
  return push_images(context, images, failures);
}

}  // namespace

constinit const Command push_command{
    .name = "push",
    .aliases = "",
    .synopsis = "[OPTIONS] [SERVICE...]",
    .summary = "Push the services' images",
    .details = "",
    .options = options,
    .run = run,
    .effect = Effect::changes,
    .title = "Pushing",
};

}  // namespace crstack::cli
