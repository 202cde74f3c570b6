// SPDX-License-Identifier: MIT
#include <map>

#include "crstack/plan/container_spec.hpp"
#include "crstack/plan/image_reference.hpp"
#include "plan_builder.hpp"

/// `pull` and `build`: images for themselves.
namespace crstack::plan {

namespace {

using event::Activity;
using event::ResourceKind;

std::set<std::string> chosen(const project::Project& project, const ServiceNames& names,
                             Dependencies dependencies) {
  const auto selected = select_services(project, names);
  if (dependencies == Dependencies::leave) return selected;
  return graph::DependencyGraph(project).with_dependencies(selected);
}

/// Whether an image that is there may stay as it is: what is called latest is for the registry to say.
bool settled(const ObservedState& state, const std::string& image) {
  return state.images.contains(image) && !familiar_reference(image).ends_with(":latest");
}

}  // namespace

Plan plan_pull(const project::Project& project, const ObservedState& state, const PullOptions& options) {
  PlanBuilder builder(project.name);
  std::map<std::string, std::string> pulled_by;
  for (const auto& name : chosen(project, options.services, options.dependencies)) {
    const auto& service = project.services.at(name);
    const event::Subject subject{ResourceKind::image, name, name};
    if (service.provider || service.image.empty()) {
      builder.skipped(subject, "No image to be pulled");
      continue;
    }
    const std::string& policy = options.policy.empty() ? service.pull_policy : options.policy;
    if (policy == "never" || policy == "build") {
      builder.skipped(subject, "");
    } else if ((policy == "missing" || policy == "if_not_present") && settled(state, service.image)) {
      builder.skipped(subject, "Image is already present locally");
    } else if (service.build && options.buildable == PullOptions::Buildable::ignore) {
      builder.skipped(subject, "Image can be built");
    } else if (const auto [by, first] = pulled_by.emplace(service.image, name); !first) {
      builder.skipped(subject, "Image is already being pulled by " + by->second);
    } else {
      require_reference(service.image, name);
      builder.add(PullImage{name, service.image, platform_of(project, service), policy, options.on_failure,
                            service.build ? PullImage::Buildable::yes : PullImage::Buildable::no},
                  {}, "pull", show(subject, Activity::pulling, Activity::pulled));
    }
  }
  return builder.finish();
}

Plan plan_build(const project::Project& project, const ObservedState&, const BuildOptions& options) {
  PlanBuilder builder(project.name);
  std::map<std::string, StepId> built;
  std::set<std::string> pending;
  const std::function<void(const std::string&)> add = [&](const std::string& name) {
    const auto found = project.services.find(name);
    if (found == project.services.end() || !found->second.build || !pending.insert(name).second) return;
    const auto& service = found->second;
    Steps after;
    for (const auto& [key, context] : service.build->additional_contexts) {
      if (!context.starts_with("service:")) continue;
      add(context.substr(8));
      if (const auto other = built.find(context.substr(8)); other != built.end())
        after.push_back(other->second);
    }
    auto action = build_of(project, service, BuildFor::every_platform);
    auto& build = action.build.edit();
    for (const auto& [key, value] : options.args) build.args[key] = value;
    build.no_cache = build.no_cache || options.no_cache;
    build.pull = build.pull || options.pull;
    built[name] = builder.add(std::move(action), after, "build",
                              show({ResourceKind::image, name, name}, Activity::building, Activity::built));
  };
  for (const auto& name : chosen(project, options.services, options.dependencies)) add(name);
  return builder.finish();
}

}  // namespace crstack::plan
