// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crstack/graph/dependency_graph.hpp"
#include "crstack/plan/container_spec.hpp"
#include "drift.hpp"
#include "plan_builder.hpp"

namespace crstack::plan {

/// What is to become of one of a service's containers.
struct Fate {
  enum class Kind { keep, recreate, adopt, create, remove } kind = Kind::create;
  const ObservedContainer* current = nullptr;  ///< null: to be created
  int number = 1;
  std::string cause;
};

/// Makes one plan for `up`, and is done. Fills the plan in the order images, secrets, networks, volumes,
/// services (dependencies first), orphans, waits.
class UpPlanner {
 public:
  UpPlanner(const project::Project& project, const ObservedState& state, const UpOptions& options);
  Plan plan();
  Plan plan_refresh();
  Plan plan_providers();
  [[nodiscard]] ChangedResources changed_resources() const;

 private:
  using Service = project::Service;

  void order_by_joined_containers();
  void place(const std::string& name, std::set<std::string>& placed);
  [[nodiscard]] bool comes_after(const std::string& service, const std::string& other) const;

  // up_resources.cpp
  void check_external();
  void plan_secrets();
  void plan_networks();
  void plan_volumes();
  [[nodiscard]] std::set<std::string> used_networks() const;
  [[nodiscard]] std::set<std::string> used_volumes() const;
  [[nodiscard]] std::vector<const ObservedContainer*> containers_on(const engine::NetworkInfo& network) const;
  [[nodiscard]] bool is_left_out(const ObservedContainer& container) const;
  [[nodiscard]] std::string left_out_on(const engine::NetworkInfo& network) const;
  [[nodiscard]] const ObservedContainer* left_out_with(const project::Volume& volume) const;
  [[nodiscard]] bool is_own(const project::Network& network, const engine::NetworkInfo& there);
  void plan_changed_network(const project::Network& network, const engine::NetworkInfo& there);
  void drop_twins(const project::Network& network, const engine::NetworkInfo& kept);
  void renew_network(const project::Network& network, const engine::NetworkInfo& there);
  void plan_changed_volume(const project::Volume& volume);
  void renew_volume(const project::Volume& volume);
  void check_files(const Service& service) const;

  // up_images.cpp
  enum class ImageNeed { none, pull, build, pull_or_build };
  [[nodiscard]] std::pair<ImageNeed, std::string> image_need(const Service& service) const;
  void plan_images(const std::vector<std::string>& services);
  void plan_image(const Service& service);
  void try_pull(const Service& service, const std::string& cause);
  Steps add_pull(const Service& service, const std::string& cause, PullImage::OnFailure on_failure);
  void add_build(const Service& service, const std::string& cause, BuildImage::When when);

  // up_fates.cpp
  void check_scales() const;
  [[nodiscard]] int scale_of(const Service& service) const;
  [[nodiscard]] std::vector<Fate> fates_of_present(const Service& service) const;
  void fit_to_scale(const Service& service, std::vector<Fate>& fates) const;
  void decide(const Service& service);
  [[nodiscard]] std::string recreation_cause(const Service& service,
                                             const ObservedContainer& container) const;

  // up_containers.cpp
  void plan_service(const Service& service);
  void plan_provider(const Service& service);
  [[nodiscard]] Steps rejoin(const Service& service, const Fate& fate, const ContainerRef& ref);
  void keep(const Service& service, const Fate& fate);
  void adopt(const Service& service, const Fate& fate);
  void create(const Service& service, const Fate& fate);
  void remove(const Fate& fate);
  [[nodiscard]] std::optional<ContainerRef> first_container(const std::string& service) const;
  [[nodiscard]] bool replaces(const Fate& fate) const;
  [[nodiscard]] ContainerIdentity identity_of(const Service& service, const Fate& fate,
                                              const ContainerRef& ref) const;
  [[nodiscard]] CreateContainer creation_of(const Service& service, const Fate& fate,
                                            const ContainerRef& ref) const;
  Steps add_creation(const Service& service, const Fate& fate, const ContainerRef& ref);
  Steps replace(const Service& service, const Fate& fate, const ContainerRef& ref, const Steps& made);
  void add_start(const Service& service, const ContainerRef& ref, const Steps& after,
                 const std::string& cause);
  Steps stop(const ObservedContainer& container, const std::string& cause);
  [[nodiscard]] Steps stops_of_dependents(const std::string& service) const;
  void stop_dependents(const Service& service);
  void remove_sharers();
  void remove_sharer(const Service& service, const Fate& fate);
  [[nodiscard]] Steps resources_of(const Service& service) const;

  // up_gates.cpp
  Steps gates_of(const Service& service);
  Steps gate(const std::string& service, const project::Dependency& dependency);
  void plan_orphans();
  void show_ready(const std::string& service);
  void plan_waits();

  const project::Project& project_;
  const ObservedState& state_;
  const UpOptions& options_;
  graph::DependencyGraph graph_;
  PlanBuilder builder_;
  std::set<std::string> named_, selected_;
  std::vector<std::string> order_;                       ///< the selected services, dependencies first
  std::map<std::string, std::set<std::string>> joined_;  ///< service → those whose containers it names

  Renewed renewed_;
  std::set<std::string> renewed_networks_;  ///< names
  std::map<std::string, Steps> secret_steps_, network_steps_, volume_steps_,
      image_steps_;              ///< by key or image
  Steps images_had_;             ///< after them no image is missing any more
  Steps trial_pulls_;            ///< they decide what is left to be built
  std::set<std::string> tried_;  ///< the images that they are of
  std::map<std::string, std::vector<Fate>> fates_;
  std::map<std::string, Steps> stopped_;  ///< container ID → the step after which it does not run any more
  std::set<std::string> removed_;         ///< IDs of containers that are removed already
  std::map<std::string, Steps> unshared_;  ///< service → the steps that remove who shared with its containers
  std::map<std::string, Steps> names_freed_;  ///< container name → the step that removes who has it
  std::map<std::string, Steps> created_;      ///< service → its containers are there under their names
  std::map<std::string, Steps> started_;      ///< service → its containers have started
  std::map<std::string, std::vector<ContainerRef>> containers_;  ///< service → what it will have
  std::map<std::string, Steps> gates_;
  std::map<std::string, std::string> restart_cause_;  ///< service → the dependency that was recreated
};

}  // namespace crstack::plan
