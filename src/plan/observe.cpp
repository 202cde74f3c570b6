// SPDX-License-Identifier: MIT
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include "crstack/base/text.hpp"
#include "crstack/plan/container_spec.hpp"
#include "crstack/plan/image_platform.hpp"
#include "crstack/plan/image_reference.hpp"
#include "crstack/plan/labels.hpp"
#include "crstack/plan/observed_state.hpp"
#include "drift.hpp"

namespace crstack::plan {

namespace {

using Depth = ObserveOptions::Depth;

ObservedContainer observed(engine::ContainerSummary summary) {
  ObservedContainer container;
  container.service = value_of(summary.labels, labels::service);
  container.number = std::atoi(value_of(summary.labels, labels::container_number).c_str());
  container.oneoff = value_of(summary.labels, labels::oneoff) == "True";
  container.replaces = value_of(summary.labels, labels::replace);
  container.summary = std::move(summary);
  return container;
}

void observe_containers(engine::Engine& engine, ObservedState& state) {
  for (auto& summary :
       engine.list_containers(labels_of_containers(state.project), engine::Containers::Which::all)) {
    auto container = observed(std::move(summary));
    auto& list = container.oneoff ? state.oneoffs : state.containers;
    list.push_back(std::move(container));
  }
  const auto order = [](const auto& left, const auto& right) {
    return std::tie(left.service, left.number, left.summary.name) <
           std::tie(right.service, right.number, right.summary.name);
  };
  std::sort(state.containers.begin(), state.containers.end(), order);
  std::sort(state.oneoffs.begin(), state.oneoffs.end(), order);
}

void observe_resources(engine::Engine& engine, ObservedState& state) {
  for (auto& network : engine.list_networks({})) state.networks[network.name].push_back(std::move(network));
  for (auto& volume : engine.list_volumes({})) {
    const std::string name = volume.name;
    state.volumes.emplace(name, std::move(volume));
  }
}

bool by_age(const std::string& policy) {
  return policy == "daily" || policy == "weekly" || policy.starts_with("every_");
}

/// An image whose anonymous volumes decide about a recreation: the container has such volumes, and its
/// service or image is not what it was made from.
bool has_carried_volumes(const ObservedState& state, const project::Service& service,
                         const engine::ImageDetails& image) {
  for (const auto* container : state.of_service(service.name)) {
    if (container->label(labels::config_hash) == service.config_hash &&
        container->label(labels::image) == image.id) {
      continue;
    }
    for (const auto& mount : container->summary.mounts) {
      if (mount.type == "volume") return true;
    }
  }
  return false;
}

/// Images with the project's label: built for it, or committed from its containers.
void add_own_images(const std::vector<engine::ImageDetails>& images, ObservedState& state) {
  for (const auto& image : images) {
    if (value_of(image.labels, labels::project) != state.project) continue;
    for (const auto& tag : image.repo_tags)
      if (!tag.starts_with("<none>")) state.images.emplace(tag, image);
  }
}

/// What is there for another platform than a service's is as good as not there.
bool is_there_for(const std::string& platform, const std::string& reference, engine::Engine& engine) {
  const auto image = engine.inspect_image_for(platform, reference);
  return image && is_for_platform(*image, platform);
}

void observe_images(engine::Engine& engine, const project::Project& project, ObservedState& state) {
  const auto images = engine.list_images({});
  const ImageIndex index(images);
  std::set<std::string> foreign;
  std::set<std::pair<std::string, std::string>> asked;  // one question for all services of an image
  for (const auto& [name, service] : project.services) {
    const std::string reference = image_name(project, service);
    const auto* image = index.find(reference);
    if (image == nullptr) continue;
    const auto& platform = service.platform;  // not the default one: only creations and pulls go by that
    const bool to_be_asked = !platform.empty() && asked.insert({platform, reference}).second;
    if (to_be_asked && !is_there_for(platform, reference, engine)) foreign.insert(reference);
    state.images.emplace(reference, *image);
    if (!by_age(service.pull_policy) && !has_carried_volumes(state, service, *image)) continue;
    auto details = engine.inspect_image(image->id);
    if (!details) continue;
    state.images[reference] = std::move(*details);
    state.inspected_images.insert(reference);
  }
  add_own_images(images, state);
  for (const auto& reference : foreign) state.images.erase(reference);
}

/// Who else is on a network that would have to be made anew, and who may have one that is not there.
void observe_networks(engine::Engine& engine, const project::Project& project, ObservedState& state) {
  bool asked = false;
  for (const auto& [key, network] : project.networks) {
    const auto* there = find_network(state, project.name, network);
    if (network.external && there == nullptr && !std::exchange(asked, true))
      state.swarm_node = engine.is_swarm_node();
    if (network.external || there == nullptr || !is_changed(there->labels, network.config_hash)) continue;
    const auto details = engine.inspect_network(there->id);
    for (auto& one : state.networks[network.name])
      if (details && one.id == details->id) one = *details;
  }
}

void observe_files(const project::Project& project, ObservedState& state) {
  for (const auto* objects : {&project.secrets, &project.configs}) {
    for (const auto& [key, object] : *objects) {
      struct stat status {};
      if (!object.file.empty() && ::stat(object.file.c_str(), &status) == 0) {
        state.present_files.insert(object.file);
      }
    }
  }
}

ObservedState observe_project(engine::Engine& engine, const std::string& name, ObserveOptions options,
                              const Clock& clock) {
  ObservedState state;
  state.project = name;
  state.now = clock.system_now();
  state.api_version = engine.api_version();
  state.removal_order = engine.removal_order();
  observe_containers(engine, state);
  if (options.depth != Depth::containers) observe_resources(engine, state);
  return state;
}

}  // namespace

engine::LabelFilter labels_of_containers(const std::string& project) {
  return {std::string(labels::project) + "=" + project, labels::config_hash};
}

const std::string& ObservedContainer::label(const std::string& key) const {
  return value_of(summary.labels, key);
}

bool ObservedContainer::running() const {
  return summary.state == engine::ContainerState::running ||
         summary.state == engine::ContainerState::paused ||
         summary.state == engine::ContainerState::restarting;
}

std::vector<const ObservedContainer*> ObservedState::of_service(const std::string& service) const {
  std::vector<const ObservedContainer*> found;
  for (const auto& container : containers) {
    if (container.service == service) found.push_back(&container);
  }
  return found;
}

ObservedState observe(engine::Engine& engine, const std::string& project_name, ObserveOptions options,
                      const Clock& clock) {
  auto state = observe_project(engine, project_name, options, clock);
  if (options.depth == Depth::everything)  // without a manifest: all there is to go by
    add_own_images(engine.list_images({std::string(labels::project) + "=" + state.project}), state);
  return state;
}

ObservedState observe(engine::Engine& engine, const project::Project& project, ObserveOptions options,
                      const Clock& clock) {
  auto state = observe_project(engine, project.name, options, clock);
  if (options.depth != Depth::everything) return state;
  observe_images(engine, project, state);
  observe_networks(engine, project, state);
  observe_files(project, state);
  return state;
}

}  // namespace crstack::plan
