// SPDX-License-Identifier: MIT
#include <algorithm>
#include <set>

#include "crstack/base/text.hpp"
#include "crstack/plan/planners.hpp"
#include "recipe_parts.hpp"

namespace crstack::plan {

namespace {

using project::Mount;

/// The old form `source:target:options`: the only one that makes a missing path of the host.
std::string bind_string(const std::string& source, const Mount& mount) {
  std::string text = source + ":" + mount.target + (mount.read_only ? ":ro" : ":rw");
  if (!mount.bind_selinux.empty()) text += "," + mount.bind_selinux;
  if (!mount.bind_propagation.empty()) text += "," + mount.bind_propagation;
  return text;
}

bool needs_mount_api(const Mount& mount) {
  if (mount.type == "volume") {
    return mount.volume_nocopy || !mount.volume_subpath.empty() || !mount.volume_labels.empty();
  }
  return !mount.bind_create_host_path || !mount.bind_propagation.empty() || !mount.bind_recursive.empty();
}

engine::MountSpec mount_spec(const Mount& mount, const std::string& source) {
  engine::MountSpec spec;
  spec.type = mount.type;
  spec.source = source;
  spec.target = mount.target;
  spec.consistency = mount.consistency;
  spec.read_only = mount.read_only;
  spec.bind_propagation = mount.bind_propagation;
  spec.bind_create_mountpoint = mount.bind_create_host_path;
  spec.bind_non_recursive = mount.bind_recursive == "disabled";
  spec.bind_read_only_non_recursive = mount.bind_recursive == "writable";
  spec.bind_read_only_force_recursive = mount.bind_recursive == "readonly";
  spec.volume_no_copy = mount.volume_nocopy;
  spec.volume_subpath = mount.volume_subpath;
  spec.volume_labels = mount.volume_labels;
  spec.tmpfs_size = mount.tmpfs_size;
  spec.tmpfs_mode = mount.tmpfs_mode;
  spec.image_subpath = mount.image_subpath;
  if (!mount.has_options) spec.options = engine::MountSpec::Options::none;
  return spec;
}

void add_mount(const RecipeContext& context, const Mount& mount, engine::ContainerSpec& spec) {
  std::string source = mount.source;
  bool old_form = mount.type == "bind";
  if (mount.type == "volume" && !source.empty()) {
    const auto volume = context.project.volumes.find(source);
    old_form = volume != context.project.volumes.end();
    if (old_form) source = volume->second.name;
  }
  if (old_form && !needs_mount_api(mount)) {
    spec.binds.push_back(bind_string(source, mount));
  } else {
    spec.mounts.push_back(mount_spec(mount, source));
  }
}

/// The anonymous volumes of the container that is replaced stay where they were.
std::set<std::string> add_inherited(const RecipeContext& context, engine::ContainerSpec& spec) {
  std::set<std::string> targets;
  for (const auto& point : context.identity.inherited) {
    engine::MountSpec mount;
    mount.type = point.type;
    mount.source = point.type == "volume" ? point.name : point.source;
    mount.target = point.destination;
    mount.read_only = !point.read_write;
    mount.options = engine::MountSpec::Options::none;
    spec.mounts.push_back(mount);
    targets.insert(point.destination);
  }
  return targets;
}

/// `volumes_from`: `service[:ro]` and `container:name[:ro]`.
std::string volumes_from(const RecipeContext& context, const std::string& entry) {
  const auto parts = split(entry, ':');
  const bool foreign = parts[0] == "container" && parts.size() > 1;
  const std::string mode = parts.size() > (foreign ? 2U : 1U) ? ":" + parts.back() : "";
  if (foreign) return parts[1] + mode;
  const auto names =
      context.identity.containers_of ? context.identity.containers_of(parts[0]) : std::vector<std::string>{};
  if (names.empty()) {
    throw PlanError("cannot share volume with service " + parts[0] + ": container missing",
                    "Service " + context.service.name + " takes its volumes: start it first.");
  }
  return names.front() + mode;
}

}  // namespace

void fill_storage(const RecipeContext& context, ContainerRecipe& recipe) {
  auto& spec = recipe.spec;
  const auto inherited = add_inherited(context, spec);
  for (const auto& mount : context.service.volumes) {
    if (!inherited.contains(mount.target)) add_mount(context, mount, spec);
  }
  if (context.service.use_api_socket) spec.binds.emplace_back("/var/run/docker.sock:/var/run/docker.sock:rw");
  for (const auto& entry : context.service.tmpfs) {
    const auto colon = entry.find(':');
    spec.tmpfs[entry.substr(0, colon)] = colon == std::string::npos ? "" : entry.substr(colon + 1);
  }
  for (const auto& entry : context.service.volumes_from) {
    spec.volumes_from.push_back(volumes_from(context, entry));
  }
}

}  // namespace crstack::plan
