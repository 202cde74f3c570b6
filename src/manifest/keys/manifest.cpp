// SPDX-License-Identifier: MIT
#include <algorithm>

#include "common.hpp"

namespace crstack::manifest::keys {

namespace {

using enum Omit;

constexpr Rule text_values{.accepts = map, .values = &a_text};

constexpr Key external_rows[] = {
    {"name", &a_text, Print::text, empty, "Deprecated: use the resource's own `name`."},
};
constexpr Shape external_shape{.title = "external", .keys = external_rows};
constexpr Shape open_external_shape{.title = "external", .keys = external_rows, .open = true};
constexpr Rule external{.accepts = boolean | text | map, .shape = &external_shape};
constexpr Rule open_external{.accepts = boolean | text | map, .shape = &open_external_shape};

constexpr Key pool_rows[] = {
    {"subnet", &a_text, Print::text, empty, "The subnet, as `10.5.0.0/16`."},
    {"gateway", &a_text, Print::text, empty, "The gateway's address."},
    {"ip_range", &a_text, Print::text, empty, "The part of the subnet that containers get addresses from."},
    {"aux_addresses", &text_values, Print::any_text_map, empty, "Addresses that are taken, by host name."},
};
constexpr Shape pool_shape{.title = "networks.ipam.config", .keys = pool_rows, .shows_extensions = false};
constexpr Rule pool{.accepts = map, .shape = &pool_shape};
constexpr Rule pools{.accepts = list, .items = &pool};
constexpr Key ipam_rows[] = {
    {"driver", &a_text, Print::text, empty, "The driver that hands addresses out."},
    {"config", &pools, Print::shapes, empty, "The pools of addresses."},
    {"options", &text_values, Print::any_text_map, dropped, "Options of that driver."},
};
constexpr Shape ipam_shape{.title = "networks.ipam", .keys = ipam_rows};
constexpr Rule ipam{.accepts = map, .shape = &ipam_shape};

constexpr Key network_rows[] = {
    {"name", &a_text, Print::text, empty, "The network's name in the engine."},
    {"driver", &a_text, Print::text, empty, "The network driver."},
    {"driver_opts", &driver_options, Print::any_text_map, empty, "Options of the driver."},
    {"ipam", &ipam, Print::shape, json_map, "How addresses are given."},
    {"external", &external, Print::boolean, empty, "Whether it exists already and isn't managed here."},
    {"internal", &a_boolean, Print::boolean, empty, "Whether it is cut off from the outside."},
    {"attachable", &a_boolean, Print::boolean, empty, "Whether other containers may join."},
    {"labels", &pairs, Print::text_map, empty, "Labels of the network."},
    {"enable_ipv4", &a_boolean, Print::boolean, absent, "Whether it uses IPv4.", "2.33.1"},
    {"enable_ipv6", &a_boolean, Print::boolean, absent, "Whether it uses IPv6."},
};
constexpr Shape network_shape{.title = "networks", .keys = network_rows};
constexpr Rule network{.accepts = map | null, .shape = &network_shape};

constexpr Key volume_rows[] = {
    {"name", &a_text, Print::text, empty, "The volume's name in the engine."},
    {"driver", &a_text, Print::text, empty, "The volume driver."},
    {"driver_opts", &driver_options, Print::any_text_map, empty, "Options of the driver."},
    {"external", &external, Print::boolean, empty, "Whether it exists already and isn't managed here."},
    {"labels", &pairs, Print::text_map, empty, "Labels of the volume."},
};
constexpr Shape volume_shape{.title = "volumes", .keys = volume_rows};
constexpr Rule volume{.accepts = map | null, .shape = &volume_shape};

constexpr Key secret_rows[] = {
    {"name", &a_text, Print::text, empty, "The secret's name in the engine."},
    {"file", &a_text, Print::text, empty, "The file that holds it."},
    {"environment", &a_text, Print::text, empty, "The variable that holds it."},
    {"external", &open_external, Print::boolean, empty, "Whether it exists already and isn't managed here."},
    {"labels", &pairs, Print::text_map, empty, "Labels of the secret."},
    {"driver", &a_text, Print::text, empty, "The driver that keeps it."},
    {"driver_opts", &driver_options, Print::any_text_map, empty, "Options of the driver."},
    {"template_driver", &a_text, Print::text, empty, "The driver that fills in its template."},
};
constexpr Shape secret_shape{.title = "secrets", .keys = secret_rows};
constexpr Rule secret{.accepts = map, .shape = &secret_shape};

constexpr Key config_rows[] = {
    {"name", &a_text, Print::text, empty, "The config's name in the engine."},
    {"file", &a_text, Print::text, empty, "The file that holds it."},
    {"content", &a_text, Print::text, empty, "The text itself.", "2.23.1"},
    {"environment", &a_text, Print::text, empty, "The variable that holds it.", "2.23.1"},
    {"external", &open_external, Print::boolean, empty, "Whether it exists already and isn't managed here."},
    {"labels", &pairs, Print::text_map, empty, "Labels of the config."},
    {"template_driver", &a_text, Print::text, empty, "The driver that fills in its template."},
};
constexpr Shape config_shape{.title = "configs", .keys = config_rows};
constexpr Rule config{.accepts = map, .shape = &config_shape};

constexpr Key model_rows[] = {
    {"name", &a_text, Print::text, empty, "The model's name in the engine."},
    {"model", &a_text, Print::text, empty, "The model to run."},
    {"context_size", &an_integer, Print::integer, empty, "The size of its context, in tokens."},
    {"runtime_flags", &texts, Print::texts, empty, "Options of the inference engine."},
};
constexpr std::string_view model_required[] = {"model"};
constexpr Shape model_shape{.title = "models", .keys = model_rows, .required = model_required};
constexpr Rule model{.accepts = map, .shape = &model_shape};

constexpr Key include_rows[] = {
    {"path", &text_or_set, Print::texts, empty, "The manifest, or manifests that are merged."},
    {"env_file", &text_or_set, Print::texts, empty, "Files with default values for its variables."},
    {"project_directory", &text_or_null, Print::text, empty,
     "The directory that its relative paths start from."},
};
constexpr Shape include_shape{.title = "include", .keys = include_rows, .extensions = false};
constexpr Rule included{.accepts = text | map, .shape = &include_shape};

constexpr Rule service_rule{.accepts = map, .shape = &service};
constexpr Rule services{.accepts = map, .values = &service_rule, .names = Names::resource};
constexpr Rule networks{.accepts = map, .values = &network, .names = Names::loose};
constexpr Rule volumes_rule{.accepts = map, .values = &volume, .names = Names::resource};
constexpr Rule secrets{.accepts = map, .values = &secret, .names = Names::resource};
constexpr Rule configs{.accepts = map, .values = &config, .names = Names::resource};
constexpr Rule models{.accepts = map, .values = &model, .names = Names::loose};
constexpr Rule includes{.accepts = list | null, .items = &included};

constexpr Key rows[] = {
    {"version", &a_text, Print::text, dropped, "Obsolete, and ignored."},
    {"include", &includes, Print::shapes, dropped, "Other manifests that become part of this one.", "2.20.3"},
    {"name", &a_text, Print::text, absent, "The project's name."},
    {"services", &services, Print::shape_map, never, "The containers to run."},
    {"networks", &networks, Print::shape_map, empty, "Networks that services join."},
    {"volumes", &volumes_rule, Print::shape_map, empty, "Volumes that services mount."},
    {"secrets", &secrets, Print::shape_map, empty, "Secrets that services read."},
    {"configs", &configs, Print::shape_map, empty, "Configs that services read."},
    {"models", &models, Print::shape_map, empty, "Language models that services use.", "2.38.0"},
};

}  // namespace

const Shape manifest{.title = "", .keys = rows};

const Key* Shape::find(std::string_view name) const {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.name == name; });
  return found == keys.end() ? nullptr : &*found;
}

}  // namespace crstack::manifest::keys
