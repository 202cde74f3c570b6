// SPDX-License-Identifier: MIT
#include "common.hpp"

namespace crstack::manifest::keys {

namespace {

using enum Omit;

constexpr std::string_view orders[] = {"start-first", "stop-first"};
constexpr Rule order{.accepts = text, .choices = orders};
constexpr Key update_rows[] = {
    {"parallelism", &a_count, Print::natural, absent,
     "How many containers are changed at a time; 0 for all."},
    {"delay", &a_text, Print::duration, empty, "The pause between two groups."},
    {"failure_action", &a_text, Print::text, empty, "What to do when it fails."},
    {"monitor", &a_text, Print::duration, empty, "How long a changed container is watched for failure."},
    {"max_failure_ratio", &a_number, Print::real, empty, "The share of failures that is tolerated."},
    {"order", &order, Print::text, empty, "Whether the old container stops before the new one starts."},
};
constexpr Shape update_shape{.title = "deploy.update_config / rollback_config", .keys = update_rows};
constexpr Rule update{.accepts = map, .shape = &update_shape};

constexpr Key discrete_rows[] = {
    {"kind", &a_text, Print::text, never, "What the resource is called."},
    {"value", &a_number, Print::integer, never, "How many of it are reserved."},
};
constexpr Shape discrete_shape{.title = "discrete_resource_spec", .keys = discrete_rows};
constexpr Rule discrete{.accepts = map, .shape = &discrete_shape};
constexpr Key generic_rows[] = {
    {"discrete_resource_spec", &discrete, Print::shape, absent, "A resource that can be counted."},
};
constexpr Shape generic_shape{.title = "generic_resources", .keys = generic_rows};
constexpr Rule generic{.accepts = map, .shape = &generic_shape};
constexpr Rule generics{.accepts = list, .items = &generic};

constexpr Key limit_rows[] = {
    {"cpus", &a_number, Print::real, empty, "How many CPUs may be used."},
    {"memory", &a_text, Print::bytes, empty, "How much memory may be used."},
    {"pids", &a_count, Print::integer, empty, "How many processes there may be."},
};
constexpr Shape limit_shape{.title = "deploy.resources.limits", .keys = limit_rows};
constexpr Rule limits{.accepts = map, .shape = &limit_shape};
constexpr Key reservation_rows[] = {
    {"cpus", &a_number, Print::real, empty, "How many CPUs are kept for it."},
    {"memory", &a_text, Print::bytes, empty, "How much memory is kept for it."},
    {"devices", &device_requests, Print::shapes, empty, "Devices that it needs."},
    {"generic_resources", &generics, Print::shapes, empty, "Other resources that it needs."},
};
constexpr Shape reservation_shape{.title = "deploy.resources.reservations", .keys = reservation_rows};
constexpr Rule reservations{.accepts = map, .shape = &reservation_shape};
constexpr Key resource_rows[] = {
    {"limits", &limits, Print::shape, absent, "What the container can't exceed."},
    {"reservations", &reservations, Print::shape, absent, "What is kept for the container."},
};
constexpr Shape resource_shape{.title = "deploy.resources", .keys = resource_rows};
constexpr Rule resources{.accepts = map, .shape = &resource_shape};

constexpr Key restart_rows[] = {
    {"condition", &a_text, Print::text, empty, "When to restart: `none`, `on-failure`, `any`."},
    {"delay", &a_text, Print::duration, absent, "The pause before a restart."},
    {"max_attempts", &a_count, Print::natural, absent, "How often to try before giving up."},
    {"window", &a_text, Print::duration, absent, "How long a container must run to count as restarted."},
};
constexpr Shape restart_shape{.title = "deploy.restart_policy", .keys = restart_rows};
constexpr Rule restart{.accepts = map, .shape = &restart_shape};

constexpr Key preference_rows[] = {
    {"spread", &a_text, Print::text, empty, "The node label over whose values tasks are spread."},
};
constexpr Shape preference_shape{.title = "deploy.placement.preferences", .keys = preference_rows};
constexpr Rule preference{.accepts = map, .shape = &preference_shape};
constexpr Rule preferences{.accepts = list, .items = &preference};
constexpr Key placement_rows[] = {
    {"constraints", &texts, Print::texts, empty, "What a node must be like."},
    {"preferences", &preferences, Print::shapes, empty, "How tasks are spread over nodes."},
    {"max_replicas_per_node", &a_count, Print::natural, empty, "How many containers one node takes."},
};
constexpr Shape placement_shape{.title = "deploy.placement", .keys = placement_rows};
constexpr Rule placement{.accepts = map, .shape = &placement_shape};

constexpr Key deploy_rows[] = {
    {"mode", &a_text, Print::text, empty, "`replicated`, `global`, or their job forms."},
    {"replicas", &a_count, Print::natural, absent, "How many containers there are."},
    {"labels", &pairs, Print::text_map, empty, "Labels of the service (not of its containers)."},
    {"update_config", &update, Print::shape, absent, "How an update is rolled out."},
    {"rollback_config", &update, Print::shape, absent, "How an update is rolled back."},
    {"resources", &resources, Print::shape, json_map, "Limits and reservations."},
    {"restart_policy", &restart, Print::shape, absent, "When a container is restarted."},
    {"placement", &placement, Print::shape, json_map, "Where containers run."},
    {"endpoint_mode", &a_text, Print::text, empty, "How clients find the service: `vip` or `dnsrr`."},
};
constexpr Shape deploy_shape{.title = "deploy", .keys = deploy_rows};

}  // namespace

const Rule deploy{.accepts = map | null, .shape = &deploy_shape};

}  // namespace crstack::manifest::keys
