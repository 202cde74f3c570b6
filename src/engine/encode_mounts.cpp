// SPDX-License-Identifier: MIT
#include "engine/encode_parts.hpp"

namespace crstack::engine::codec {

namespace {

Json bind_options(const MountSpec& spec, const ApiGate& gate) {
  Json options = Json::object();
  put(options, "Propagation", spec.bind_propagation);
  put(options, "NonRecursive", spec.bind_non_recursive);
  put(options, "CreateMountpoint", spec.bind_create_mountpoint);
  gate.need(spec.bind_read_only_non_recursive || spec.bind_read_only_force_recursive, api_1_44,
            "volumes.bind.recursive");
  put(options, "ReadOnlyNonRecursive", spec.bind_read_only_non_recursive);
  put(options, "ReadOnlyForceRecursive", spec.bind_read_only_force_recursive);
  return options;
}

Json volume_options(const MountSpec& spec, const ApiGate& gate) {
  Json options = Json::object();
  put(options, "NoCopy", spec.volume_no_copy);
  put(options, "Labels", spec.volume_labels);
  gate.need(!spec.volume_subpath.empty(), api_1_45, "volumes.volume.subpath");
  put(options, "Subpath", spec.volume_subpath);
  Json driver = Json::object();
  put(driver, "Name", spec.volume_driver);
  put(driver, "Options", spec.volume_driver_options);
  put(options, "DriverConfig", driver);
  return options;
}

}  // namespace

Json mount(const MountSpec& spec, const ApiGate& gate) {
  Json result = {{"Type", spec.type}, {"Target", spec.target}};
  put(result, "Source", spec.source);
  put(result, "ReadOnly", spec.read_only);
  put(result, "Consistency", spec.consistency);
  gate.need(spec.type == "image", api_1_48, "a volume of type image");
  // Shown by `inspect` as they are sent: docker compose sends them empty, too.
  const auto add = [&](const char* type, const char* key, const Json& options) {
    if (spec.type == type && (!options.empty() || spec.options == MountSpec::Options::given))
      result[key] = options;
  };
  Json tmpfs = Json::object(), image = Json::object();
  put(tmpfs, "SizeBytes", spec.tmpfs_size);
  put(tmpfs, "Mode", spec.tmpfs_mode);
  put(image, "Subpath", spec.image_subpath);
  add("bind", "BindOptions", bind_options(spec, gate));
  add("volume", "VolumeOptions", volume_options(spec, gate));
  add("tmpfs", "TmpfsOptions", tmpfs);
  add("image", "ImageOptions", image);
  return result;
}

}  // namespace crstack::engine::codec
