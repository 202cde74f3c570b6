// SPDX-License-Identifier: MIT
#include <algorithm>

#include "support/fake_engine_detail.hpp"

namespace crstack::test {

using engine::EngineError;
using engine::ErrorKind;

// --- images

engine::ImageDetails* FakeEngine::find_image(const std::string& reference) {
  const auto found = images_.find(normal_reference(reference));
  if (found != images_.end()) return &found->second;
  for (auto& [name, image] : images_)
    if (image.id == reference || image.id == "sha256:" + reference) return &image;
  return nullptr;
}

std::optional<engine::ImageDetails> FakeEngine::inspect_image(const std::string& reference) {
  Call call(*this, "inspect_image", reference);
  Lock lock(mutex_);
  const auto* image = find_image(reference);
  return image != nullptr ? std::optional(*image) : std::nullopt;
}

void FakeEngine::pull_image(const std::string& reference, const std::string&,
                            const engine::ProgressSink& progress, std::stop_token stop) {
  Call call(*this, "pull_image", reference, stop);
  if (stop.stop_requested()) return;
  {
    Lock lock(mutex_);
    if (!registry_.contains(normal_reference(reference)))
      throw EngineError(ErrorKind::not_found, 404, "POST", "/images/create",
                        "pull access denied for " + reference +
                            ", repository does not exist or may require 'docker login'");
  }
  if (progress) {
    progress({"0123456789ab", "Downloading", "", "", 512, 1024});
    progress({"0123456789ab", "Pull complete", "", "", 1024, 1024});
  }
  if (Lock lock(mutex_); find_image(reference) != nullptr || hollow_.contains(normal_reference(reference)))
    return;
  add_image(reference);
}

void FakeEngine::push_image(const std::string& reference, const engine::ProgressSink&, std::stop_token stop) {
  Call call(*this, "push_image", reference, stop);
  Lock lock(mutex_);
  if (find_image(reference) == nullptr)
    throw EngineError(ErrorKind::not_found, 404, "POST", "/images/push",
                      "An image does not exist locally with the tag: " + reference);
  registry_.insert(normal_reference(reference));
}

std::string FakeEngine::build_image(const engine::BuildSpec& spec, const engine::ByteSource& context,
                                    const engine::ProgressSink& progress, std::stop_token stop) {
  const std::string name = spec.tags.empty() ? "" : spec.tags.front();
  Call call(*this, "build_image", name, stop);
  if (context)
    while (!context().empty()) continue;
  if (progress) progress({"", "", "Successfully built\n", "", 0, 0});
  engine::ImageDetails image;
  {
    Lock lock(mutex_);
    image.id = "sha256:" + new_id('b');
  }
  for (const auto& tag : spec.tags) add_image(tag, image);
  return image.id;
}

void FakeEngine::tag_image(const std::string& reference, const std::string& repo, const std::string& tag) {
  Call call(*this, "tag_image", reference + " " + repo + ":" + tag);
  engine::ImageDetails copy;
  {
    Lock lock(mutex_);
    const auto* image = find_image(reference);
    if (image == nullptr)
      throw EngineError(ErrorKind::not_found, 404, "POST", "/images/tag", "No such image: " + reference);
    copy = *image;
  }
  add_image(repo + ":" + tag, copy);
}

bool FakeEngine::remove_image(const std::string& reference, Force force) {
  Call call(*this, "remove_image", reference);
  Lock lock(mutex_);
  auto* image = find_image(reference);
  if (image == nullptr) return false;
  for (const auto& [id, container] : containers_)
    if (container.details.image_id == image->id && force == Force::no)
      throw EngineError(ErrorKind::conflict, 409, "DELETE", "/images/" + reference,
                        "conflict: unable to remove repository reference \"" + reference +
                            "\" (must force) - container " + id.substr(0, 12) +
                            " is using its referenced image");
  std::erase_if(images_, [&](const auto& entry) { return &entry.second == image; });
  return true;
}

std::vector<engine::ImageDetails> FakeEngine::list_images(const engine::LabelFilter& labels) {
  Call call(*this, "list_images");
  Lock lock(mutex_);
  std::vector<engine::ImageDetails> rows;
  for (const auto& [name, image] : images_)
    if (has_labels(image.labels, labels)) rows.push_back(image);
  return rows;
}

std::string FakeEngine::image_digest(const std::string& reference) {
  Call call(*this, "image_digest", reference);
  Lock lock(mutex_);
  if (!registry_.contains(normal_reference(reference)))
    throw EngineError(ErrorKind::not_found, 404, "GET", "/distribution/" + reference + "/json",
                      "manifest unknown: " + reference);
  return "sha256:" + std::string(64, 'd');
}

// --- networks

engine::NetworkInfo* FakeEngine::find_network(const std::string& name) {
  const auto found = networks_.find(name);
  if (found != networks_.end()) return &found->second;
  for (auto& [id, network] : networks_)
    if (network.name == name) return &network;
  return nullptr;
}

std::vector<engine::NetworkInfo> FakeEngine::list_networks(const engine::LabelFilter& labels) {
  Call call(*this, "list_networks");
  Lock lock(mutex_);
  std::vector<engine::NetworkInfo> rows;
  for (const auto& [id, network] : networks_)
    if (has_labels(network.labels, labels)) rows.push_back(network);
  return rows;
}

std::optional<engine::NetworkInfo> FakeEngine::inspect_network(const std::string& name) {
  Call call(*this, "inspect_network", name);
  Lock lock(mutex_);
  const auto* network = find_network(name);
  if (network == nullptr) return std::nullopt;
  auto info = *network;
  for (const auto& [id, container] : containers_)
    if (container.details.networks.contains(info.name) && container.details.pid != 0)
      info.containers[id] = container.details.name;
  return info;
}

std::string FakeEngine::create_network(const engine::NetworkSpec& spec) {
  Call call(*this, "create_network", spec.name);
  Lock lock(mutex_);
  if (find_network(spec.name) != nullptr)
    throw EngineError(ErrorKind::conflict, 409, "POST", "/networks/create",
                      "network with name " + spec.name + " already exists");
  engine::NetworkInfo network;
  network.id = new_id('e');
  network.name = spec.name;
  network.driver = spec.driver.empty() ? "bridge" : spec.driver;
  network.internal = spec.internal;
  network.attachable = spec.attachable;
  network.labels = spec.labels;
  networks_[network.id] = network;
  return network.id;
}

bool FakeEngine::remove_network(const std::string& id) {
  Call call(*this, "remove_network", [&] {
    Lock lock(mutex_);
    const auto* network = find_network(id);
    return network != nullptr ? network->name : id;
  }());
  Lock lock(mutex_);
  const auto* network = find_network(id);
  if (network == nullptr) return false;
  for (const auto& [key, container] : containers_)
    if (container.details.pid != 0 && container.details.networks.contains(network->name))
      throw EngineError(ErrorKind::unauthorized, 403, "DELETE", "/networks/" + id,
                        "error while removing network: network " + network->name + " id " + network->id +
                            " has active endpoints");
  networks_.erase(network->id);
  return true;
}

void FakeEngine::connect_network(const std::string& network, const std::string& container,
                                 const engine::EndpointSpec&) {
  Call call(*this, "connect_network", network + " " + name_of(container));
  Lock lock(mutex_);
  const auto* found = find_network(network);
  if (found == nullptr)
    throw EngineError(ErrorKind::not_found, 404, "POST", "/networks/" + network + "/connect",
                      "network " + network + " not found");
  need(container, "POST").details.networks[found->name] = found->id;
}

void FakeEngine::disconnect_network(const std::string& network, const std::string& container, Force) {
  Call call(*this, "disconnect_network", network + " " + name_of(container));
  Lock lock(mutex_);
  const auto* found = find_network(network);
  if (found != nullptr) need(container, "POST").details.networks.erase(found->name);
}

// --- volumes

std::vector<engine::VolumeInfo> FakeEngine::list_volumes(const engine::LabelFilter& labels) {
  Call call(*this, "list_volumes");
  Lock lock(mutex_);
  std::vector<engine::VolumeInfo> rows;
  for (const auto& [name, volume] : volumes_)
    if (has_labels(volume.labels, labels)) rows.push_back(volume);
  return rows;
}

std::optional<engine::VolumeInfo> FakeEngine::inspect_volume(const std::string& name) {
  Call call(*this, "inspect_volume", name);
  Lock lock(mutex_);
  const auto found = volumes_.find(name);
  return found != volumes_.end() ? std::optional(found->second) : std::nullopt;
}

void FakeEngine::create_volume(const engine::VolumeSpec& spec) {
  Call call(*this, "create_volume", spec.name);
  Lock lock(mutex_);
  volumes_.try_emplace(spec.name, engine::VolumeInfo{spec.name, spec.driver.empty() ? "local" : spec.driver,
                                                     "/var/lib/docker/volumes/" + spec.name + "/_data",
                                                     spec.labels, spec.driver_opts});
}

bool FakeEngine::remove_volume(const std::string& name, Force) {
  Call call(*this, "remove_volume", name);
  Lock lock(mutex_);
  for (const auto& [id, container] : containers_)
    for (const auto& mount : container.details.mounts)
      if (mount.type == "volume" && mount.name == name)
        throw EngineError(ErrorKind::conflict, 409, "DELETE", "/volumes/" + name,
                          "remove " + name + ": volume is in use - [" + id + "]");
  return volumes_.erase(name) > 0;
}

bool FakeEngine::is_swarm_node() {
  Call call(*this, "is_swarm_node");
  return false;
}

}  // namespace crstack::test
