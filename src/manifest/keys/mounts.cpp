// SPDX-License-Identifier: MIT
#include "common.hpp"

namespace crstack::manifest::keys {

namespace {

using enum Omit;

constexpr std::string_view types[] = {"bind", "volume", "tmpfs", "cluster", "npipe", "image"};
constexpr std::string_view recursions[] = {"enabled", "disabled", "writable", "readonly"};
constexpr std::string_view selinux_choices[] = {"z", "Z"};
constexpr Rule type{.accepts = text, .choices = types};
constexpr Rule recursion{.accepts = text, .choices = recursions};
constexpr Rule selinux{.accepts = text, .choices = selinux_choices};
constexpr Rule size{.accepts = integer | text, .minimum = 0};

constexpr Key bind_rows[] = {
    {"selinux", &selinux, Print::text, empty, "The label for SELinux: `z` shared, `Z` private."},
    {"propagation", &a_text, Print::text, empty, "Whether mounts inside propagate."},
    {"create_host_path", &a_boolean, Print::boolean, empty, "Whether a missing path on the host is made."},
    {"recursive", &recursion, Print::text, empty, "Whether mounts below are part of it."},
};
constexpr Shape bind_shape{.title = "volumes.bind", .keys = bind_rows};
constexpr Rule bind{.accepts = map, .shape = &bind_shape};
constexpr Key volume_rows[] = {
    {"labels", &pairs, Print::text_map, empty, "Labels of the volume."},
    {"nocopy", &a_boolean, Print::boolean, empty, "Whether the image's files are not copied into it."},
    {"subpath", &a_text, Print::text, empty, "A directory of the volume to mount.", "2.26.0"},
};
constexpr Shape volume_shape{.title = "volumes.volume", .keys = volume_rows};
constexpr Rule volume{.accepts = map, .shape = &volume_shape};
constexpr Key tmpfs_rows[] = {
    {"size", &size, Print::bytes, empty, "The size, in bytes or with a unit."},
    {"mode", &a_number, Print::plain_natural, empty, "The permissions of its root."},
};
constexpr Shape tmpfs_shape{.title = "volumes.tmpfs", .keys = tmpfs_rows};
constexpr Rule tmpfs{.accepts = map, .shape = &tmpfs_shape};
constexpr Key image_rows[] = {
    {"subpath", &a_text, Print::text, empty, "A directory of the image to mount."},
};
constexpr Shape image_shape{.title = "volumes.image", .keys = image_rows};
constexpr Rule image{.accepts = map, .shape = &image_shape};

constexpr Key mount_rows[] = {
    {"type", &type, Print::text, empty, "The kind of mount."},
    {"source", &a_text, Print::text, empty, "A path of the host, a volume's name or an image."},
    {"target", &a_text, Print::text, empty, "The path in the container."},
    {"read_only", &a_boolean, Print::boolean, empty, "Whether the container can't write to it."},
    {"consistency", &a_text, Print::text, empty, "The consistency that the platform shall keep."},
    {"bind", &bind, Print::shape, absent, "Options of a bind mount."},
    {"volume", &volume, Print::shape, absent, "Options of a volume."},
    {"tmpfs", &tmpfs, Print::shape, absent, "Options of a file system in memory."},
    {"image", &image, Print::shape, absent, "Options of an image's mount.", "2.35.0"},
};
constexpr std::string_view required[] = {"type"};
constexpr Shape mount_shape{.title = "services.volumes", .keys = mount_rows, .required = required};
constexpr Rule mount{.accepts = text | map, .shape = &mount_shape};

}  // namespace

const Rule volumes{.accepts = list, .items = &mount, .unique = true};

}  // namespace crstack::manifest::keys
