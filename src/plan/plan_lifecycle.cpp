// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>
#include <tuple>

#include "crstack/plan/container_spec.hpp"
#include "crstack/plan/labels.hpp"
#include "plan_builder.hpp"

/// The commands that change what runs and make nothing: start, stop, restart, kill, pause, unpause, rm.
namespace crstack::plan {

namespace {

using engine::ContainerState;
using event::Activity;
using StepsOf = std::map<std::string, Steps>;  ///< by service

Steps steps_of(const StepsOf& steps, const std::vector<std::string>& services) {
  Steps found;
  for (const auto& service : services) {
    if (const auto entry = steps.find(service); entry != steps.end()) found += entry->second;
  }
  return found;
}

/// Starts services after what they depend on. Knows no engine call but start and wait.
class StartPlanner {
 public:
  StartPlanner(const project::Project& project, const ObservedState& state, const StartOptions& options)
      : project_(project), state_(state), options_(options), graph_(project), builder_(project.name) {}

  Plan plan() {
    const auto named = select_services(project_, options_.services);
    selected_ = graph_.with_dependencies(named);
    for (const auto& name : graph_.services()) {
      if (selected_.contains(name)) plan_service(name);
    }
    if (options_.wait == WaitMode::running_or_healthy) {
      for (const auto& name : selected_) wait(name, WaitFor::running_or_healthy, true);
    }
    return builder_.finish();
  }

 private:
  void plan_service(const std::string& name) {
    const auto& service = project_.services.at(name);
    const auto containers = state_.of_service(name);
    if (state_.containers.empty() && service.scale > 0 && !service.provider) {
      throw PlanError("service \"" + name + "\" has no container to start");
    }
    if (containers.empty()) return;
    const auto gates = gates_of(name);  // of what runs as well: what it depends on may have failed since
    for (const auto* container : containers) {
      const bool paused =
          container->summary.state == ContainerState::paused;  // the engine says that it can't
      if (container->running() && !paused) continue;
      started_[name] += add_start(builder_, ref_of(*container), service, gates, "start");
    }
  }

  Steps gates_of(const std::string& name) {
    Steps steps;
    for (const auto& edge : graph_.dependencies(name)) {
      const auto condition = edge.dependency.condition;
      if (condition == project::Condition::started) {
        steps += started_[edge.to];
      } else if (is_there(name, edge)) {
        steps += wait(
            edge.to,
            condition == project::Condition::healthy ? WaitFor::healthy : WaitFor::completed_successfully,
            edge.dependency.required);
      }
    }
    return steps;
  }

  /// Whether what a service waits for has containers; a required one that was removed can't be waited for.
  bool is_there(const std::string& name, const graph::DependencyGraph::Edge& edge) {
    if (!state_.of_service(edge.to).empty()) return true;
    const auto& dependency = project_.services.at(edge.to);
    if (dependency.scale == 0 || dependency.provider) return false;
    const std::string missing = name + " is missing dependency " + edge.to;
    if (edge.dependency.required) throw PlanError(missing, "Create it with up.");
    builder_.warn(missing);
    return false;
  }

  Steps wait(const std::string& name, WaitFor condition, bool required) {
    const auto [entry, first] = waits_.try_emplace({name, condition, required});
    auto& known = entry->second;
    if (!first) return known;
    WaitForCondition action;
    action.service = name;
    action.condition = condition;
    action.required = required;
    action.probe = project_.services.at(name).engine_probe_only ? ProbePolicy::engine_only : options_.probe;
    bool ready = condition != WaitFor::completed_successfully;
    for (const auto* container : state_.of_service(name)) {
      action.containers.push_back(ref_of(*container));
      const auto health = container->summary.health;
      const bool fine = health == engine::Health::healthy ||
                        (health == engine::Health::none && condition == WaitFor::running_or_healthy);
      ready = ready && container->running() && fine;
    }
    if (ready) {
      for (const auto& ref : action.containers) builder_.ready_already(container_subject(ref));
      return {};
    }
    if (action.containers.empty()) return {};
    known = {builder_.add(std::move(action), started_[name], "others wait for it")};
    return known;
  }

  const project::Project& project_;
  const ObservedState& state_;
  const StartOptions& options_;
  graph::DependencyGraph graph_;
  PlanBuilder builder_;
  std::set<std::string> selected_;
  StepsOf started_;
  std::map<std::tuple<std::string, WaitFor, bool>, Steps> waits_;
};

/// Containers of the selected services, in an order that respects nothing.
template <typename Use>
void each_selected(const project::Project& project, const ObservedState& state, const ServiceNames& names,
                   const Use& use) {
  const auto selected = select_services(project, names);
  for (const auto& container : state.containers) {
    if (selected.contains(container.service)) use(container);
  }
}

const project::Service* service_named(const project::Project& project, const std::string& name) {
  const auto found = project.services.find(name);
  return found == project.services.end() ? nullptr : &found->second;
}

/// Stops in reverse order; gives each service's last steps.
StepsOf add_stops(PlanBuilder& builder, const project::Project& project, const ObservedState& state,
                  const ServiceNames& names, std::optional<int> timeout) {
  const graph::DependencyGraph graph(project);
  const auto selected = select_services(project, names);
  StepsOf stopped;
  const auto& order = graph.services();
  for (auto name = order.rbegin(); name != order.rend(); ++name) {
    if (!selected.contains(*name)) continue;
    const auto after = steps_of(stopped, graph.dependents(*name));
    for (const auto* container : state.of_service(*name)) {
      stopped[*name] += add_stop(builder, *container, service_named(project, *name), timeout, after, "stop");
    }
  }
  return stopped;
}

/// Who depends on a restarted service with `restart: true` restarts after it, once what it waits for is so
/// again; all others restart at once.
class RestartPlanner {
 public:
  RestartPlanner(const project::Project& project, const ObservedState& state, const RestartOptions& options)
      : project_(project), state_(state), options_(options), graph_(project), builder_(project.name) {}

  Plan plan() {
    const auto selected = select_services(project_, options_.services);
    for (const auto& name : graph_.services()) {
      const auto before = edges_to_restarted(name);
      const bool follows = !before.empty() && options_.dependencies == Dependencies::include;
      if (selected.contains(name))
        restart(name, gates(before), "restart");
      else if (follows)
        restart(name, gates(before), "a dependency restarted");
    }
    return builder_.finish();
  }

 private:
  using Edges = std::vector<graph::DependencyGraph::Edge>;

  [[nodiscard]] Edges edges_to_restarted(const std::string& name) const {
    Edges edges;
    for (const auto& edge : graph_.dependencies(name))
      if (edge.dependency.restart && restarted_.contains(edge.to)) edges.push_back(edge);
    return edges;
  }

  Steps gates(const Edges& edges) {
    Steps steps;
    for (const auto& edge : edges) steps += gate(edge);
    return steps;
  }

  Steps gate(const graph::DependencyGraph::Edge& edge) {
    const auto condition = edge.dependency.condition;
    const auto& after = restarted_.at(edge.to);
    if (condition == project::Condition::started) return after;
    WaitForCondition action;
    action.service = edge.to;
    action.condition =
        condition == project::Condition::healthy ? WaitFor::healthy : WaitFor::completed_successfully;
    action.required = edge.dependency.required;
    if (project_.services.at(edge.to).engine_probe_only) action.probe = ProbePolicy::engine_only;
    for (const auto* container : state_.of_service(edge.to)) action.containers.push_back(ref_of(*container));
    return {builder_.add(std::move(action), after, "others wait for it")};
  }

  void restart(const std::string& name, const Steps& after, const std::string& cause) {
    const auto& service = project_.services.at(name);
    for (const auto* container : state_.of_service(name)) {
      const auto ref = ref_of(*container);
      Steps last = after;
      if (container->running()) {
        for (const auto& hook : service.pre_stop) last = {builder_.add(RunHook{ref, hook}, last, "pre_stop")};
      }
      last = {builder_.add(RestartContainer{ref, options_.timeout_seconds}, last, cause,
                           show(container_subject(ref), Activity::restarting, Activity::started))};
      for (const auto& hook : service.post_start)
        last = {builder_.add(RunHook{ref, hook}, last, "post_start")};
      restarted_[name] += last;
    }
  }

  const project::Project& project_;
  const ObservedState& state_;
  const RestartOptions& options_;
  graph::DependencyGraph graph_;
  PlanBuilder builder_;
  StepsOf restarted_;
};

}  // namespace

Plan plan_start(const project::Project& project, const ObservedState& state, const StartOptions& options) {
  return StartPlanner(project, state, options).plan();
}

Plan plan_stop(const project::Project& project, const ObservedState& state, const StopOptions& options) {
  PlanBuilder builder(project.name);
  add_stops(builder, project, state, options.services, options.timeout_seconds);
  return builder.finish();
}

Plan plan_restart(const project::Project& project, const ObservedState& state,
                  const RestartOptions& options) {
  return RestartPlanner(project, state, options).plan();
}

Plan plan_kill(const project::Project& project, const ObservedState& state, const KillOptions& options) {
  PlanBuilder builder(project.name);
  const auto kill = [&](const ObservedContainer& container) {
    if (!container.running()) return;
    const auto ref = ref_of(container);
    builder.add(KillContainer{ref, options.signal}, {}, "kill",
                show(container_subject(ref), Activity::killing, Activity::killed));
  };
  each_selected(project, state, options.services, kill);
  const auto selected = select_services(project, options.services);
  const bool orphans = options.orphans == Orphans::remove;
  for (const auto& oneoff : state.oneoffs) {
    const bool is_orphan = !project.services.contains(oneoff.service);
    if (selected.contains(oneoff.service) || (orphans && is_orphan)) kill(oneoff);
  }
  if (orphans) {
    for (const auto* orphan : orphans_of(project, state)) kill(*orphan);
  }
  return builder.finish();
}

Plan plan_pause(const project::Project& project, const ObservedState& state, const ServiceNames& services) {
  PlanBuilder builder(project.name);
  each_selected(project, state, services, [&](const ObservedContainer& container) {
    if (!container.running()) return;  // one that is paused: the engine says so
    const auto ref = ref_of(container);
    builder.add(PauseContainer{ref}, {}, "pause",
                show(container_subject(ref), std::nullopt, Activity::paused));
  });
  return builder.finish();
}

Plan plan_unpause(const project::Project& project, const ObservedState& state, const ServiceNames& services) {
  PlanBuilder builder(project.name);
  each_selected(project, state, services, [&](const ObservedContainer& container) {
    if (!container.running()) return;  // one that is not paused: the engine says so
    const auto ref = ref_of(container);
    builder.add(UnpauseContainer{ref}, {}, "unpause",
                show(container_subject(ref), std::nullopt, Activity::unpaused));
  });
  return builder.finish();
}

Plan plan_rm(const project::Project& project, const ObservedState& state, const RemoveOptions& options) {
  PlanBuilder builder(project.name);
  StepsOf stopped;
  if (options.stop == StopFirst::yes) {
    stopped = add_stops(builder, project, state, options.services, std::nullopt);
  }
  const auto volumes = options.volumes == VolumeRemoval::remove ? engine::Containers::AnonymousVolumes::remove
                                                                : engine::Containers::AnonymousVolumes::keep;
  const auto remove = [&](const ObservedContainer& container) {
    if (options.stop == StopFirst::no && container.running()) return;
    const auto ref = ref_of(container);
    builder.add(removal_of(container, project, engine::Containers::Force::no, volumes),
                steps_of(stopped, {container.service}), "rm",
                show(container_subject(ref), Activity::removing, Activity::removed));
  };
  each_selected(project, state, options.services, remove);
  return builder.finish();
}

}  // namespace crstack::plan
