// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>

#include "crstack/base/text.hpp"
#include "crstack/plan/container_spec.hpp"
#include "crstack/plan/image_reference.hpp"
#include "crstack/plan/labels.hpp"
#include "plan_builder.hpp"

namespace crstack::plan {

namespace {

using event::Activity;
using event::ResourceKind;
using Force = engine::Containers::Force;

/// Makes one plan for `down`, and is done.
class DownPlanner {
 public:
  DownPlanner(const project::Project& project, const ObservedState& state, const DownOptions& options)
      : project_(project),
        state_(state),
        options_(options),
        graph_(project),
        builder_(project.name),
        selected_(select_services(project, options.services)) {
    if (is_known_from_labels()) selected_ = graph_.with_dependents(selected_);
  }

  Plan plan() {
    const auto& order = graph_.services();
    for (auto name = order.rbegin(); name != order.rend(); ++name) {
      if (selected_.contains(*name)) plan_service(*name);
    }
    plan_orphans();
    if (everything()) {
      for (const auto& oneoff : state_.oneoffs) remove(oneoff, nullptr, {}, "down");
    }
    const auto keys = keys_that_go();
    plan_networks(keys.networks);
    if (options_.volumes == VolumeRemoval::remove) plan_volumes(keys.volumes);
    if (options_.images != RemoveImages::none) plan_images();
    return builder_.finish();
  }

 private:
  [[nodiscard]] bool everything() const { return options_.services.empty(); }

  /// Labels don't tell who uses a network or a volume: all go, and those who depend on what goes.
  [[nodiscard]] bool is_known_from_labels() const { return project_.config_files.empty(); }

  /// Keys of the networks and volumes that go: with services, of those that they and their dependencies use.
  struct Keys {
    std::set<std::string> networks, volumes;
  };
  [[nodiscard]] Keys keys_that_go() const {
    Keys keys;
    if (everything() || is_known_from_labels()) {
      for (const auto& [key, network] : project_.networks) keys.networks.insert(key);
      for (const auto& [key, volume] : project_.volumes) keys.volumes.insert(key);
      return keys;
    }
    for (const auto& name : graph_.with_dependencies(selected_)) {
      const auto& service = project_.services.at(name);
      for (const auto& [key, attachment] : service.networks) keys.networks.insert(key);
      for (const auto& mount : service.volumes) keys.volumes.insert(mount.source);
    }
    return keys;
  }

  void plan_service(const std::string& name) {
    const auto& service = project_.services.at(name);
    const auto dependents = after_dependents(name, stopped_);
    if (service.provider) {
      const RunProvider action{name, project_.name, *service.provider, RunProvider::Operation::down};
      builder_.add(action, dependents, "down",
                   show({ResourceKind::service, name, name}, Activity::removing, Activity::removed));
    }
    for (const auto* container : state_.of_service(name)) remove(*container, &service, dependents, "down");
  }

  /// The steps of those who depend on a service: those that stop them, or that remove them.
  [[nodiscard]] Steps after_dependents(const std::string& name,
                                       const std::map<std::string, Steps>& steps) const {
    Steps found;
    for (const auto& dependent : graph_.dependents(name))
      for (const auto* container : state_.of_service(dependent))
        if (const auto one = steps.find(container->id()); one != steps.end()) found += one->second;
    return found;
  }

  void remove(const ObservedContainer& container, const project::Service* service, const Steps& after,
              const std::string& cause) {
    if (removed_.contains(container.id())) return;
    const auto ref = ref_of(container);
    const auto stopped = add_stop(builder_, container, service, options_.timeout_seconds, after, cause);
    stopped_[container.id()] = stopped;
    const auto volumes = options_.volumes == VolumeRemoval::remove
                             ? engine::Containers::AnonymousVolumes::remove
                             : engine::Containers::AnonymousVolumes::keep;
    const auto display = show(container_subject(ref), Activity::removing, Activity::removed);
    Steps before = stopped;
    if (service != nullptr && state_.removal_order == engine::RemovalOrder::sharers_first)
      before += after_dependents(service->name, removed_);
    removed_[ref.id] = {
        builder_.add(removal_of(container, project_, Force::yes, volumes), before, cause, display)};
  }

  /// Without a manifest there are no orphans: all that has the project's label is the project.
  void plan_orphans() {
    if (!everything()) return;
    const auto orphans = orphans_of(project_, state_);
    std::vector<const ObservedContainer*> of_services;
    for (const auto* orphan : orphans) {
      if (!orphan->oneoff) of_services.push_back(orphan);
    }
    if (options_.orphans != Orphans::remove) return;
    for (const auto* orphan : of_services) remove(*orphan, nullptr, {}, "orphan");
  }

  void each_container(const auto& use) const {
    for (const auto* list : {&state_.containers, &state_.oneoffs}) {
      for (const auto& container : *list) use(container);
    }
  }

  [[nodiscard]] bool of_project(const engine::StringMap& labels) const {
    return value_of(labels, labels::project) == project_.name;
  }

  /// A network goes as soon as its last container has.
  void plan_networks(const std::set<std::string>& keys) {
    for (const auto& [name, networks] : state_.networks) {
      const auto known = std::find_if(project_.networks.begin(), project_.networks.end(),
                                      [&](const auto& entry) { return entry.second.name == name; });
      if (known == project_.networks.end() || known->second.external || !keys.contains(known->first))
        continue;
      for (const auto& network : networks) {
        if (of_project(network.labels)) plan_network(network);
      }
    }
  }

  void plan_network(const engine::NetworkInfo& network) {
    const event::Subject subject{ResourceKind::network, network.name, ""};
    Steps gone;
    bool in_use = false;
    each_container([&](const ObservedContainer& container) {
      const auto& attached = container.summary.networks;
      const bool on_it = std::any_of(attached.begin(), attached.end(), [&](const auto& one) {
        return one.second == network.id || (one.second.empty() && one.first == network.name);
      });
      if (!on_it) return;
      const auto found = removed_.find(container.id());
      if (found != removed_.end()) {
        gone += found->second;
      } else if (container.running()) {
        in_use = true;
      }
    });
    if (in_use) return builder_.still_in_use(subject);
    builder_.add(RemoveNetwork{network.name, network.id}, gone, "down",
                 show(subject, Activity::removing, Activity::removed));
  }

  void plan_volumes(const std::set<std::string>& keys) {
    for (const auto& [key, volume] : project_.volumes) {
      if (!volume.external && keys.contains(key) && state_.volumes.contains(volume.name))
        plan_volume(volume.name);
    }
  }

  void plan_volume(const std::string& name) {
    const event::Subject subject{ResourceKind::volume, name, ""};
    Steps gone;
    bool in_use = false;
    each_container([&](const ObservedContainer& container) {
      const auto& mounts = container.summary.mounts;
      if (std::none_of(mounts.begin(), mounts.end(), [&](const auto& mount) { return mount.name == name; }))
        return;
      const auto found = removed_.find(container.id());
      if (found == removed_.end())
        in_use = true;
      else
        gone += found->second;
    });
    if (in_use) return builder_.still_in_use(subject);
    builder_.add(RemoveVolume{name}, gone, "down --volumes",
                 show(subject, Activity::removing, Activity::removed));
  }

  /// `local` leaves images that the manifest names, unless they were built for this project; `all` takes
  /// every one that a service uses. Names of one image go one after the other: an engine that takes two of
  /// them away at once may not know the image any more for the second.
  void plan_images() {
    struct Going {
      std::string id;
      Steps gone;
    };
    std::map<std::string, Going> images;
    for (const auto& name : selected_) {
      const auto& service = project_.services.at(name);
      const auto image = state_.images.find(image_name(project_, service));
      if (service.provider || image == state_.images.end()) continue;
      const bool local = service.image.empty() || of_project(image->second.labels);
      if (options_.images == RemoveImages::local && !local) continue;
      auto& going = images[familiar_reference(image->first)];
      going.id = image->second.id;
      for (const auto* container : state_.of_service(name)) {
        if (const auto found = removed_.find(container->id()); found != removed_.end())
          going.gone += found->second;
      }
    }
    if (options_.services.empty())  // also of what the manifest does not name any more
      for (const auto& [image, details] : state_.images)
        if (of_project(details.labels)) images[familiar_reference(image)].id = details.id;
    std::map<std::string, Steps> same;
    for (const auto& [image, going] : images) {
      Steps& before = same[going.id];
      before += going.gone;
      before = {builder_.add(RemoveImage{image}, before, "down --rmi",
                             show({ResourceKind::image, image, ""}, Activity::removing, Activity::removed))};
    }
  }

  const project::Project& project_;
  const ObservedState& state_;
  const DownOptions& options_;
  graph::DependencyGraph graph_;
  PlanBuilder builder_;
  std::set<std::string> selected_;
  std::map<std::string, Steps> stopped_, removed_;  ///< by container ID
};

}  // namespace

Plan plan_down(const project::Project& project, const ObservedState& state, const DownOptions& options) {
  return DownPlanner(project, state, options).plan();
}

}  // namespace crstack::plan
