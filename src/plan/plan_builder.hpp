// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "crstack/graph/dependency_graph.hpp"
#include "crstack/plan/observed_state.hpp"
#include "crstack/plan/planners.hpp"

/// What the planners share.
namespace crstack::plan {

using Steps = std::vector<StepId>;

/// Collects steps; numbers them; keeps dependencies sorted and single.
class PlanBuilder {
 public:
  explicit PlanBuilder(std::string project) { plan_.project = std::move(project); }
  StepId add(Action action, Steps after, std::string cause, std::optional<Display> display = std::nullopt);
  void unchanged(event::Subject subject, event::Activity activity);
  void ready_already(event::Subject container);
  void skipped(event::Subject subject, std::string why);
  void still_in_use(event::Subject resource);
  void warn(std::string message);
  Plan finish() { return std::move(plan_); }
  [[nodiscard]] Step& step(StepId id) { return plan_.steps.at(id - 1); }

 private:
  Plan plan_;
};

Steps& operator+=(Steps& steps, const Steps& more);

event::Subject container_subject(const ContainerRef& container);
Display show(event::Subject subject, std::optional<event::Activity> before,
             std::optional<event::Activity> after);

ContainerRef ref_of(const ObservedContainer& container);
/// Removes a container. Where its anonymous volumes go too, so do those that it was given by the container
/// that it once replaced: the engine takes them for named ones. Only a manifest can tell which these are.
RemoveContainer removal_of(const ObservedContainer& container, const project::Project& project,
                           engine::Containers::Force force, engine::Containers::AnonymousVolumes volumes);
/// The project's services by name, or all; PlanError for one that it does not have.
std::set<std::string> select_services(const project::Project& project, const ServiceNames& names);
/// Services whose containers the manifest knows nothing of, as docker compose sees it: also one-off
/// containers that have ended.
std::vector<const ObservedContainer*> orphans_of(const project::Project& project, const ObservedState& state);
/// Warns of orphans in the words that docker compose has for it.
void warn_of_orphans(const std::vector<const ObservedContainer*>& orphans, PlanBuilder& builder);

/// For which platforms an image is built: all that the service names, or the one that it will run on here.
enum class BuildFor { every_platform, this_engine };

/// PlanError where what a service calls its image can't be the name of one: an engine that is asked to pull
/// `name:` would pull whatever tags there are.
void require_reference(const std::string& image, const std::string& service);

/// The build of a service's image, with the labels that tell whose image it is.
BuildImage build_of(const project::Project& project, const project::Service& service, BuildFor platforms);

/// Starts a container and runs its post_start hooks, with which it counts as started; gives the last step.
Steps add_start(PlanBuilder& builder, const ContainerRef& ref, const project::Service& service,
                const Steps& before, const std::string& cause);

/// Stops a container, its pre_stop hooks first; gives the last step. Stopping what does not run costs
/// nothing, and is shown all the same, as docker compose does.
Steps add_stop(PlanBuilder& builder, const ObservedContainer& container, const project::Service* service,
               std::optional<int> timeout, const Steps& after, const std::string& cause);

}  // namespace crstack::plan
