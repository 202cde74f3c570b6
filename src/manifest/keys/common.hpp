// SPDX-License-Identifier: MIT
#pragma once

#include "rule.hpp"

/// Rules that many tables share. Private to the tables.
namespace crstack::manifest::keys {

inline constexpr Rule a_text{.accepts = text};
inline constexpr Rule a_boolean{.accepts = boolean | text};
inline constexpr Rule strictly_boolean{.accepts = boolean};
inline constexpr Rule a_count{.accepts = integer | text};
inline constexpr Rule a_number{.accepts = number | text};
inline constexpr Rule an_integer{.accepts = integer};
inline constexpr Rule strictly_number{.accepts = number};
inline constexpr Rule boolean_text{.accepts = text | boolean};
inline constexpr Rule text_or_null{.accepts = text | null};
inline constexpr Rule text_integer_null{.accepts = text | integer | null};
inline constexpr Rule text_or_number{.accepts = text | number};
inline constexpr Rule text_number_null{.accepts = text | number | null};
inline constexpr Rule plain_scalar{.accepts = text | number | boolean};
inline constexpr Rule scalar_or_null{.accepts = text | number | boolean | null};

inline constexpr Rule texts{.accepts = list, .items = &a_text};
inline constexpr Rule text_set{.accepts = list, .items = &a_text, .unique = true};
inline constexpr Rule text_or_set{.accepts = text | list, .items = &a_text, .unique = true};
inline constexpr Rule text_or_texts{.accepts = text | list, .items = &a_text};
inline constexpr Rule number_set{.accepts = list, .items = &text_or_number, .unique = true};
inline constexpr Rule pairs{
    .accepts = list | map, .items = &a_text, .values = &scalar_or_null, .unique = true};
inline constexpr Rule driver_options{.accepts = map, .values = &text_or_number};
inline constexpr Rule command_line{.accepts = null | text | list, .items = &a_text};
inline constexpr Rule host_addresses{.accepts = text | list, .items = &a_text};
inline constexpr Rule host_list{
    .accepts = list | map, .items = &a_text, .values = &host_addresses, .unique = true};

// Shapes that several tables refer to.
extern const Shape ulimit_shape, hook_shape, file_reference_shape, device_request_shape, gpu_shape;
inline constexpr Rule ulimit{.accepts = integer | text | map, .shape = &ulimit_shape};
inline constexpr Rule ulimits{.accepts = map, .values = &ulimit, .names = Names::lower_case};
inline constexpr Rule hook{.accepts = map, .shape = &hook_shape};
inline constexpr Rule hooks{.accepts = list, .items = &hook};
inline constexpr Rule file_reference{.accepts = text | map, .shape = &file_reference_shape};
inline constexpr Rule file_references{.accepts = list, .items = &file_reference};

// Sections of a service with a table of their own.
extern const Rule build, deploy, develop;
extern const Rule blkio_config, credential_spec, depends_on, devices, env_file, extends, gpus, healthcheck,
    logging, service_models, service_networks, ports, provider, volumes;
extern const Rule device_requests;

}  // namespace crstack::manifest::keys
