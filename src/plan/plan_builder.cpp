// SPDX-License-Identifier: MIT
#include "plan_builder.hpp"

#include <algorithm>

#include "crstack/base/text.hpp"
#include "crstack/plan/container_spec.hpp"
#include "crstack/plan/image_reference.hpp"
#include "crstack/plan/labels.hpp"

namespace crstack::plan {

using event::Activity;

namespace {

/// As the engine names what nobody named.
bool is_random_name(std::string_view name) {
  return name.size() == 64 && name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Whether the manifest has a name for the volume that a service has there.
bool is_named(const engine::MountPoint& point, const project::Project& project,
              const project::Service& service) {
  return std::any_of(
             service.volumes.begin(), service.volumes.end(),
             [&](const auto& one) { return one.target == point.destination && !one.source.empty(); }) ||
         std::any_of(project.volumes.begin(), project.volumes.end(),
                     [&](const auto& one) { return one.second.name == point.name; });
}

}  // namespace

StepId PlanBuilder::add(Action action, Steps after, std::string cause, std::optional<Display> display) {
  std::sort(after.begin(), after.end());
  after.erase(std::unique(after.begin(), after.end()), after.end());
  Step step;
  step.id = static_cast<StepId>(plan_.steps.size() + 1);
  step.action = std::move(action);
  step.depends_on = std::move(after);
  step.cause = std::move(cause);
  step.display = std::move(display);
  plan_.steps.push_back(std::move(step));
  return plan_.steps.back().id;
}

void PlanBuilder::unchanged(event::Subject subject, Activity activity) {
  plan_.unchanged.push_back({std::move(subject), activity, event::Phase::done, ""});
}

void PlanBuilder::ready_already(event::Subject container) {
  plan_.unchanged.push_back({container, Activity::waiting, event::Phase::working, ""});
  plan_.unchanged.push_back({std::move(container), Activity::healthy, event::Phase::done, ""});
}

void PlanBuilder::skipped(event::Subject subject, std::string why) {
  plan_.unchanged.push_back({std::move(subject), Activity::skipped, event::Phase::done, std::move(why)});
}

void PlanBuilder::still_in_use(event::Subject resource) {
  plan_.unchanged.push_back({resource, Activity::removing, event::Phase::working, ""});
  plan_.unchanged.push_back(
      {std::move(resource), Activity::left, event::Phase::done, "Resource is still in use"});
}

void PlanBuilder::warn(std::string message) {
  plan_.warnings.push_back(std::move(message));
}

Steps& operator+=(Steps& steps, const Steps& more) {
  steps.insert(steps.end(), more.begin(), more.end());
  return steps;
}

event::Subject container_subject(const ContainerRef& container) {
  return {event::ResourceKind::container, container.name, container.service};
}

Display show(event::Subject subject, std::optional<Activity> before, std::optional<Activity> after) {
  return {std::move(subject), before, after};
}

ContainerRef ref_of(const ObservedContainer& container) {
  return {container.service, container.name(), container.id()};
}

std::set<std::string> select_services(const project::Project& project, const ServiceNames& names) {
  std::set<std::string> selected;
  std::vector<std::string> known;
  for (const auto& [name, service] : project.services) known.push_back(name);
  if (names.empty()) return {known.begin(), known.end()};
  for (const auto& name : names) {
    if (!project.services.contains(name)) {
      const auto meant = closest_match(name, known);
      throw PlanError("no such service: " + name, meant.empty() ? "" : "Did you mean " + meant + "?");
    }
    selected.insert(name);
  }
  return selected;
}

std::vector<const ObservedContainer*> orphans_of(const project::Project& project,
                                                 const ObservedState& state) {
  std::vector<const ObservedContainer*> orphans;
  for (const auto& container : state.containers) {
    const bool known =
        project.services.contains(container.service) || project.disabled_services.contains(container.service);
    if (!known) orphans.push_back(&container);
  }
  for (const auto& container : state.oneoffs) {
    const auto at = container.summary.state;
    const bool ended = at == engine::ContainerState::exited || at == engine::ContainerState::dead;
    if (ended) orphans.push_back(&container);
  }
  return orphans;
}

void warn_of_orphans(const std::vector<const ObservedContainer*>& orphans, PlanBuilder& builder) {
  if (orphans.empty()) return;
  std::vector<std::string> names;
  for (const auto* orphan : orphans) names.push_back(orphan->name());
  builder.warn(
      "Found orphan containers ([" + join(names, " ") +
      "]) for this project. If you removed or renamed this service in your compose file, you can run "
      "this command with the --remove-orphans flag to clean it up.");
}

void require_reference(const std::string& image, const std::string& service) {
  const auto problem = reference_problem(image);
  if (!problem.empty())
    throw PlanError("unable to get image '" + image + "': " + problem,
                    "Service " + service + " names it; a variable in the name may be empty.");
}

BuildImage build_of(const project::Project& project, const project::Service& service, BuildFor platforms) {
  BuildImage action{service.name, image_name(project, service), platform_of(project, service), *service.build,
                    BuildImage::When::always};
  auto& all = action.build.edit().platforms;
  if (!action.platform.empty() && !all.empty() &&
      std::find(all.begin(), all.end(), action.platform) == all.end())
    throw PlanError(
        "service \"" + service.name +
        "\" build.platforms does not support value set by DOCKER_DEFAULT_PLATFORM: " + action.platform);
  if (platforms == BuildFor::every_platform && !all.empty()) action.platform.clear();
  if (platforms == BuildFor::this_engine && all.size() > 1) all.clear();
  auto& tags = action.build.edit().labels;
  tags[labels::project] = project.name;
  tags[labels::service] = service.name;
  tags[labels::version] = labels::version_value;
  return action;
}

RemoveContainer removal_of(const ObservedContainer& container, const project::Project& project,
                           engine::Containers::Force force, engine::Containers::AnonymousVolumes volumes) {
  RemoveContainer removal{ref_of(container), force, volumes, {}};
  const auto service = project.services.find(container.service);
  if (volumes == engine::Containers::AnonymousVolumes::keep || project.config_files.empty() ||
      service == project.services.end())
    return removal;
  for (const auto& point : container.summary.mounts)
    if (point.type == "volume" && is_random_name(point.name) && !is_named(point, project, service->second))
      removal.inherited.push_back(point.name);
  return removal;
}

Steps add_start(PlanBuilder& builder, const ContainerRef& ref, const project::Service& service,
                const Steps& before, const std::string& cause) {
  const auto subject = container_subject(ref);
  const auto shown_at = [](bool last) { return last ? std::optional(Activity::started) : std::nullopt; };
  Steps last = {builder.add(StartContainer{ref}, before, cause,
                            show(subject, Activity::starting, shown_at(service.post_start.empty())))};
  for (const auto& hook : service.post_start) {
    const bool final_one = &hook == &service.post_start.back();
    last = {builder.add(RunHook{ref, hook}, last, "post_start",
                        show(subject, std::nullopt, shown_at(final_one)))};
  }
  return last;
}

Steps add_stop(PlanBuilder& builder, const ObservedContainer& container, const project::Service* service,
               std::optional<int> timeout, const Steps& after, const std::string& cause) {
  const auto ref = ref_of(container);
  const auto subject = container_subject(ref);
  std::optional<Activity> before = Activity::stopping;
  Steps last = after;
  if (service != nullptr && container.running()) {
    for (const auto& hook : service->pre_stop) {
      last = {builder.add(RunHook{ref, hook, RunHook::OnFailure::fail_if_run}, last, "pre_stop",
                          show(subject, before, std::nullopt))};
      before.reset();
    }
  }
  return {builder.add(StopContainer{ref, timeout}, last, cause, show(subject, before, Activity::stopped))};
}

}  // namespace crstack::plan
