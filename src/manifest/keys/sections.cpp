// SPDX-License-Identifier: MIT
#include "common.hpp"

namespace crstack::manifest::keys {

namespace {

using enum Omit;

constexpr Key weight_rows[] = {
    {"path", &a_text, Print::text, never, "The device."},
    {"weight", &a_count, Print::plain_natural, never, "Its weight, from 10 to 1000."},
};
constexpr Key throttle_rows[] = {
    {"path", &a_text, Print::text, never, "The device."},
    {"rate", &a_count, Print::bytes, never, "The limit, in bytes or operations a second."},
};
constexpr Shape weight_shape{
    .title = "blkio_config.weight_device", .keys = weight_rows, .extensions = false, .capitalised = true};
constexpr Shape throttle_shape{
    .title = "blkio_config.device_…", .keys = throttle_rows, .extensions = false, .capitalised = true};
constexpr Rule weight{.accepts = map, .shape = &weight_shape};
constexpr Rule throttle{.accepts = map, .shape = &throttle_shape};
constexpr Rule weights{.accepts = list, .items = &weight};
constexpr Rule throttles{.accepts = list, .items = &throttle};
constexpr Key blkio_rows[] = {
    {"weight", &a_count, Print::plain_natural, empty, "The container's weight, from 10 to 1000."},
    {"weight_device", &weights, Print::shapes, empty, "Weights for single devices."},
    {"device_read_bps", &throttles, Print::shapes, empty, "Limits of reading, in bytes a second."},
    {"device_read_iops", &throttles, Print::shapes, empty, "Limits of reading, in operations a second."},
    {"device_write_bps", &throttles, Print::shapes, empty, "Limits of writing, in bytes a second."},
    {"device_write_iops", &throttles, Print::shapes, empty, "Limits of writing, in operations a second."},
};
constexpr Shape blkio_shape{.title = "blkio_config", .keys = blkio_rows, .extensions = false};

constexpr Key credential_rows[] = {
    {"config", &a_text, Print::text, empty, "A config that holds the credentials."},
    {"file", &a_text, Print::text, empty, "A file that holds them."},
    {"registry", &a_text, Print::text, empty, "A registry key that holds them."},
};
constexpr Shape credential_shape{.title = "credential_spec", .keys = credential_rows};

constexpr std::string_view conditions[] = {"service_started", "service_healthy",
                                           "service_completed_successfully"};
constexpr Rule condition{.accepts = text, .choices = conditions};
constexpr Key dependency_rows[] = {
    {"condition", &condition, Print::text, empty, "What the other service must have reached."},
    {"restart", &a_boolean, Print::boolean, empty, "Whether to restart with the other service.", "2.17.0"},
    {"required", &strictly_boolean, Print::boolean, absent, "Whether the other service may be missing.",
     "2.20.0"},
};
constexpr std::string_view dependency_required[] = {"condition"};
constexpr Shape dependency_shape{
    .title = "depends_on", .keys = dependency_rows, .required = dependency_required};
constexpr Rule dependency{.accepts = map, .shape = &dependency_shape};

constexpr Key device_rows[] = {
    {"source", &a_text, Print::text, empty, "The device on the host."},
    {"target", &a_text, Print::text, empty, "Its path in the container."},
    {"permissions", &a_text, Print::text, empty, "Reading, writing, making: `rwm`."},
};
constexpr std::string_view device_required[] = {"source"};
constexpr Shape device_shape{.title = "devices", .keys = device_rows, .required = device_required};
constexpr Rule device{.accepts = text | map, .shape = &device_shape};

constexpr Key request_rows[] = {
    {"capabilities", &text_set, Print::texts, empty, "What the device must be able to do: `gpu`."},
    {"driver", &a_text, Print::text, empty, "The driver that provides it."},
    {"count", &a_count, Print::device_count, empty, "How many devices; `all` for as many as there are."},
    {"device_ids", &text_set, Print::texts, empty, "Exactly these devices."},
    {"options", &pairs, Print::text_map, empty, "Options of the driver."},
};
constexpr std::string_view request_required[] = {"capabilities"};
constexpr Rule request{.accepts = map, .shape = &device_request_shape};
constexpr std::string_view gpu_choices[] = {"all"};
constexpr Rule gpu{.accepts = map, .shape = &gpu_shape};

constexpr Key env_file_rows[] = {
    {"path", &a_text, Print::text, empty, "The file."},
    {"required", &a_boolean, Print::boolean, absent, "Whether a missing file is an error.", "2.24.0"},
    {"format", &a_text, Print::text, empty, "`raw` takes values as they are, without quotes and variables.",
     "2.30.0"},
};
constexpr std::string_view env_file_required[] = {"path"};
constexpr Shape env_file_shape{
    .title = "env_file", .keys = env_file_rows, .required = env_file_required, .extensions = false};
constexpr Rule env_file_entry{.accepts = text | map, .shape = &env_file_shape};

constexpr Key extends_rows[] = {
    {"file", &a_text, Print::text, empty, "The manifest that has the service; this one by default."},
    {"service", &a_text, Print::text, empty, "The service to start from."},
};
constexpr std::string_view extends_required[] = {"service"};
constexpr Shape extends_shape{
    .title = "extends", .keys = extends_rows, .required = extends_required, .extensions = false};

constexpr Key health_rows[] = {
    {"test", &text_or_texts, Print::health_test, empty, "The command that tells health; `[NONE]` for none."},
    {"timeout", &a_text, Print::duration, absent, "How long one run may take."},
    {"interval", &a_text, Print::duration, absent, "The pause between two runs."},
    {"retries", &a_number, Print::natural, absent, "How many failures in a row mean unhealthy."},
    {"start_period", &a_text, Print::duration, absent,
     "The time at the start in which failures don't count."},
    {"start_interval", &a_text, Print::duration, absent, "The pause between runs in that time.", "2.20.2"},
    {"disable", &a_boolean, Print::boolean, empty, "Whether the image's own health check is turned off."},
};
constexpr Shape health_shape{.title = "healthcheck", .keys = health_rows};

constexpr Rule log_options{.accepts = map, .values = &text_number_null};
constexpr Key logging_rows[] = {
    {"driver", &a_text, Print::text, empty, "The logging driver."},
    {"options", &log_options, Print::any_text_map, empty, "Its options."},
};
constexpr Shape logging_shape{.title = "logging", .keys = logging_rows};

constexpr Key model_use_rows[] = {
    {"endpoint_var", &a_text, Print::text, empty, "The variable that tells the model's address."},
    {"model_var", &a_text, Print::text, empty, "The variable that tells the model's name."},
};
constexpr Shape model_use_shape{.title = "services.models", .keys = model_use_rows};
constexpr Rule model_use{.accepts = map | null, .shape = &model_use_shape};

constexpr Key attachment_rows[] = {
    {"aliases", &text_set, Print::texts, empty, "More names of the service in this network."},
    {"driver_opts", &driver_options, Print::any_text_map, empty, "Options of the network driver.", "2.27.1"},
    {"gw_priority", &strictly_number, Print::integer, empty, "The network with the highest is the gateway.",
     "2.33.1"},
    {"interface_name", &a_text, Print::text, empty, "The interface's name in the container.", "2.36.0"},
    {"ipv4_address", &a_text, Print::text, empty, "A fixed IPv4 address."},
    {"ipv6_address", &a_text, Print::text, empty, "A fixed IPv6 address."},
    {"link_local_ips", &text_set, Print::texts, empty, "Link-local addresses."},
    {"mac_address", &a_text, Print::text, empty, "The hardware address in this network.", "2.23.2"},
    {"priority", &strictly_number, Print::integer, empty, "Networks with a higher one are joined first."},
};
constexpr Shape attachment_shape{.title = "services.networks", .keys = attachment_rows};
constexpr Rule attachment{.accepts = map | null, .shape = &attachment_shape};

constexpr Key port_rows[] = {
    {"name", &a_text, Print::text, empty, "A name for people."},
    {"mode", &a_text, Print::text, empty, "`ingress` or `host`."},
    {"host_ip", &a_text, Print::text, empty, "The host's address that listens; all by default."},
    {"target", &a_count, Print::natural, empty, "The port in the container."},
    {"published", &a_count, Print::text, empty, "The port, or range, on the host."},
    {"protocol", &a_text, Print::text, empty, "`tcp`, `udp` or `sctp`."},
    {"app_protocol", &a_text, Print::text, empty, "What is spoken: `http`.", "2.26.0"},
};
constexpr Shape port_shape{.title = "ports", .keys = port_rows};
constexpr Rule port{.accepts = number | text | map, .shape = &port_shape};

constexpr Rule provider_value{.accepts = text | number | boolean | list, .items = &plain_scalar};
constexpr Rule provider_options{.accepts = map, .values = &provider_value};
constexpr Key provider_rows[] = {
    {"type", &a_text, Print::text, empty, "The program that provides the service."},
    {"options", &provider_options, Print::text_lists, empty, "What it is told."},
};
constexpr std::string_view provider_required[] = {"type"};
constexpr Shape provider_shape{.title = "provider", .keys = provider_rows, .required = provider_required};

constexpr Key ulimit_rows[] = {
    {"soft", &a_count, Print::integer, json_zero, "The limit that is in force."},
    {"hard", &a_count, Print::integer, json_zero, "The limit up to which a process may raise it."},
};
constexpr std::string_view ulimit_required[] = {"soft", "hard"};

constexpr Key file_reference_rows[] = {
    {"source", &a_text, Print::text, empty, "Its name in the manifest."},
    {"target", &a_text, Print::text, empty, "The file in the container."},
    {"uid", &a_text, Print::text, empty, "The file's owner."},
    {"gid", &a_text, Print::text, empty, "The file's group."},
    {"mode", &a_number, Print::file_mode, absent, "The file's permissions, in octal."},
};

}  // namespace

const Rule blkio_config{.accepts = map, .shape = &blkio_shape};
const Rule credential_spec{.accepts = map, .shape = &credential_shape};
const Rule depends_on{
    .accepts = list | map, .items = &a_text, .values = &dependency, .names = Names::resource, .unique = true};
const Rule devices{.accepts = list, .items = &device};
const Rule device_requests{.accepts = list, .items = &request};
const Rule gpus{.accepts = text | list, .items = &gpu, .choices = gpu_choices};
const Rule env_file{.accepts = text | list, .items = &env_file_entry};
const Rule extends{.accepts = text | map, .shape = &extends_shape};
const Rule healthcheck{.accepts = map, .shape = &health_shape};
const Rule logging{.accepts = map, .shape = &logging_shape};
const Rule service_models{
    .accepts = list | map, .items = &a_text, .values = &model_use, .names = Names::loose, .unique = true};
const Rule service_networks{
    .accepts = list | map, .items = &a_text, .values = &attachment, .names = Names::resource, .unique = true};
const Rule ports{.accepts = list, .items = &port, .unique = true};
const Rule provider{.accepts = map, .shape = &provider_shape};
const Shape ulimit_shape{
    .title = "ulimits", .keys = ulimit_rows, .required = ulimit_required, .shows_extensions = false};
const Shape file_reference_shape{.title = "services.secrets / services.configs", .keys = file_reference_rows};
const Shape device_request_shape{.title = "deploy.resources.reservations.devices",
                                 .keys = request_rows,
                                 .required = request_required,
                                 .shows_extensions = false};
const Shape gpu_shape{.title = "gpus", .keys = request_rows, .shows_extensions = false, .open = true};

}  // namespace crstack::manifest::keys
