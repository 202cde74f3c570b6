// SPDX-License-Identifier: MIT
#include "common.hpp"

namespace crstack::manifest::keys {

namespace {

constexpr std::string_view cgroup_choices[] = {"host", "private"};
constexpr Rule cgroup{.accepts = text, .choices = cgroup_choices};
constexpr Rule container_name{.accepts = text, .pattern = "[a-zA-Z0-9][a-zA-Z0-9_.-]+"};
constexpr Rule pull_policy{
    .accepts = text,
    .pattern = "always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+"};
constexpr Rule not_negative{.accepts = text | integer, .minimum = 0};
constexpr Rule percent{.accepts = text | integer, .minimum = 0, .maximum = 100};
constexpr Rule oom_score{.accepts = text | integer, .minimum = -1000, .maximum = 1000};
constexpr Rule storage_options{.accepts = map, .values = &text_integer_null};

using enum Omit;

constexpr Key rows[] = {
    {"profiles", &text_set, Print::texts, empty,
     "Profiles that make the service active; without any it always is."},
    {"annotations", &pairs, Print::text_map, empty, "Annotations of the container (OCI)."},
    {"attach", &a_boolean, Print::boolean, absent, "Whether `up` shows the service's log.", "2.20.0"},
    {"build", &build, Print::shape, absent, "How the image is built from source."},
    {"develop", &develop, Print::shape, absent, "What happens when sources change during development.",
     "2.22.0"},
    {"blkio_config", &blkio_config, Print::shape, absent, "Weights and limits of block device I/O."},
    {"cap_add", &text_set, Print::texts, empty, "Capabilities that the container gets in addition."},
    {"cap_drop", &text_set, Print::texts, empty, "Capabilities that are taken from the container."},
    {"cgroup_parent", &a_text, Print::text, empty, "The cgroup under which the container's own is made."},
    {"cgroup", &cgroup, Print::text, empty, "The cgroup namespace: the host's or a private one."},
    {"cpu_count", &not_negative, Print::integer, empty, "How many CPUs may be used (Windows)."},
    {"cpu_percent", &percent, Print::real, empty,
     "Share of the CPUs that may be used, in percent (Windows)."},
    {"cpu_period", &a_number, Print::integer, empty, "Period of the CPU scheduler's quota, in microseconds."},
    {"cpu_quota", &a_number, Print::integer, empty, "CPU time in each period, in microseconds."},
    {"cpu_rt_period", &a_number, Print::integer, empty,
     "Period of the real-time scheduler, in microseconds."},
    {"cpu_rt_runtime", &a_number, Print::integer, empty,
     "Real-time CPU time in each period, in microseconds."},
    {"cpus", &a_number, Print::real, empty, "How many CPUs may be used, in fractions: `0.5`."},
    {"cpuset", &a_text, Print::text, empty, "The CPUs that may be used: `0-3` or `0,1`."},
    {"cpu_shares", &a_number, Print::integer, empty, "The container's weight when CPUs are scarce."},
    {"command", &command_line, Print::command, json_null, "What to run instead of the image's command."},
    {"configs", &file_references, Print::shapes, empty, "Configs that the container can read."},
    {"container_name", &container_name, Print::text, empty, "A name for the container; excludes scaling."},
    {"credential_spec", &credential_spec, Print::shape, absent,
     "Credentials of a managed account (Windows)."},
    {"depends_on", &depends_on, Print::shape_map, empty, "Services that must be up before this one starts."},
    {"deploy", &deploy, Print::shape, absent, "Replicas, limits and other facts of deployment."},
    {"device_cgroup_rules", &text_set, Print::texts, empty, "Rules of the device cgroup: `c 1:3 mr`."},
    {"devices", &devices, Print::shapes, empty, "Devices of the host that the container gets."},
    {"dns", &text_or_set, Print::texts, empty, "Name servers."},
    {"dns_opt", &text_set, Print::texts, empty, "Options of the resolver."},
    {"dns_search", &text_or_set, Print::texts, empty, "Search domains of the resolver."},
    {"domainname", &a_text, Print::text, empty, "The container's domain name."},
    {"entrypoint", &command_line, Print::command, json_null,
     "What to run instead of the image's entry point."},
    {"provider", &provider, Print::shape, absent, "A program outside that runs this service.", "2.36.0"},
    {"environment", &pairs, Print::variable_map, empty,
     "Environment variables; a bare name takes the caller's."},
    {"env_file", &env_file, Print::shapes, empty, "Files with environment variables."},
    {"expose", &number_set, Print::texts, empty, "Ports that other containers may use; not published."},
    {"extends", &extends, Print::shape, absent, "Another service whose settings this one starts from."},
    {"external_links", &text_set, Print::texts, empty, "Containers outside of the project to link to."},
    {"extra_hosts", &host_list, Print::hosts, empty, "Entries for the container's hosts file."},
    {"group_add", &number_set, Print::texts, empty, "Additional groups of the container's user."},
    {"gpus", &gpus, Print::shapes, empty, "GPUs that the container gets: `all` or a list.", "2.30.0"},
    {"hostname", &a_text, Print::text, empty, "The container's host name."},
    {"healthcheck", &healthcheck, Print::shape, absent,
     "How the engine finds out whether the container is healthy."},
    {"image", &a_text, Print::text, empty, "The image to run, or the name that a built one gets."},
    {"init", &a_boolean, Print::boolean, absent,
     "Whether a small init reaps processes and passes signals on."},
    {"ipc", &a_text, Print::text, empty, "The IPC namespace: `host`, `shareable`, `service:NAME`, …"},
    {"isolation", &a_text, Print::text, empty, "The isolation technology (Windows)."},
    {"labels", &pairs, Print::text_map, empty, "Labels of the container."},
    {"label_file", &text_or_texts, Print::texts, empty, "Files with labels.", "2.32.2"},
    {"links", &text_set, Print::texts, empty,
     "Services under other names: `SERVICE:ALIAS`. Implies a dependency."},
    {"logging", &logging, Print::shape, absent, "The logging driver and its options."},
    {"mem_limit", &a_number, Print::bytes, empty, "Memory limit, in bytes or with a unit: `512m`."},
    {"mem_reservation", &a_count, Print::bytes, empty, "Memory that is kept for the container."},
    {"memswap_limit", &a_number, Print::bytes, empty, "Limit of memory and swap together; -1 for none."},
    {"mem_swappiness", &a_count, Print::bytes, empty, "How readily memory is swapped out, 0 to 100."},
    {"mac_address", &a_text, Print::text, empty, "The container's hardware address."},
    {"models", &service_models, Print::shape_map, empty, "Language models that the service uses.", "2.38.0"},
    {"network_mode", &a_text, Print::text, empty,
     "`host`, `none`, `bridge`, `service:NAME` or `container:NAME`."},
    {"networks", &service_networks, Print::shape_map, empty, "Networks that the container joins."},
    {"oom_kill_disable", &a_boolean, Print::boolean, empty,
     "Whether the kernel must not kill it when out of memory."},
    {"oom_score_adj", &oom_score, Print::integer, empty, "Likelihood of that, from -1000 to 1000."},
    {"pid", &text_or_null, Print::text, empty, "The PID namespace: `host` or `service:NAME`."},
    {"pids_limit", &a_number, Print::integer, empty, "How many processes there may be; -1 for no limit."},
    {"platform", &a_text, Print::text, empty, "The platform of the image: `linux/arm64`."},
    {"ports", &ports, Print::shapes, empty, "Ports that are published on the host: `8080:80`."},
    {"privileged", &a_boolean, Print::boolean, empty,
     "Whether the container gets every privilege of the host."},
    {"pull_policy", &pull_policy, Print::text, empty, "When the image is pulled."},
    {"pull_refresh_after", &a_text, Print::text, dropped, "The age after which an image is pulled again."},
    {"read_only", &a_boolean, Print::boolean, empty, "Whether the root file system is read-only."},
    {"restart", &a_text, Print::text, empty, "`no`, `always`, `on-failure[:N]` or `unless-stopped`."},
    {"runtime", &a_text, Print::text, empty, "The OCI runtime of the container."},
    {"scale", &a_count, Print::natural, absent, "How many containers there are of the service."},
    {"secrets", &file_references, Print::shapes, empty, "Secrets that the container can read."},
    {"security_opt", &text_set, Print::texts, empty, "Options of the security modules."},
    {"shm_size", &a_number, Print::bytes, empty, "Size of /dev/shm."},
    {"stdin_open", &a_boolean, Print::boolean, empty, "Whether standard input stays open."},
    {"stop_grace_period", &a_text, Print::duration, absent, "Time between the stop signal and the kill."},
    {"stop_signal", &a_text, Print::text, empty, "The signal that asks the container to stop."},
    {"storage_opt", &storage_options, Print::text_options, empty, "Options of the storage driver."},
    {"sysctls", &pairs, Print::text_map, empty, "Kernel parameters of the container."},
    {"tmpfs", &text_or_set, Print::texts, empty, "Paths where a file system in memory is mounted."},
    {"tty", &a_boolean, Print::boolean, empty, "Whether the container gets a terminal."},
    {"ulimits", &ulimits, Print::ulimits, empty, "Resource limits of the processes."},
    {"use_api_socket", &strictly_boolean, Print::boolean, empty, "Whether the engine's socket is mounted."},
    {"user", &a_text, Print::text, empty, "The user, and group, that the processes run as."},
    {"userns_mode", &a_text, Print::text, empty, "The user namespace: `host` for the engine's own."},
    {"uts", &a_text, Print::text, empty, "The UTS namespace: `host` for the host's own."},
    {"volumes", &volumes, Print::shapes, empty, "What is mounted into the container: `./data:/data`."},
    {"volumes_from", &text_set, Print::texts, empty, "Services or containers whose volumes are mounted too."},
    {"working_dir", &a_text, Print::text, empty, "The directory in which the command runs."},
    {"post_start", &hooks, Print::shapes, empty, "Commands to run inside after the container has started.",
     "2.30.0"},
    {"pre_stop", &hooks, Print::shapes, empty, "Commands to run inside before it is stopped.", "2.30.0"},
};

}  // namespace

const Shape service{.title = "services", .keys = rows};

}  // namespace crstack::manifest::keys
