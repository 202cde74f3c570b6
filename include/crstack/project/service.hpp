// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crstack/base/clock.hpp"

namespace crstack::project {

using StringMap = std::map<std::string, std::string>;
using StringList = std::vector<std::string>;

/// What a dependency must have reached before the dependent starts (Compose Specification, `depends_on`).
enum class Condition { started, healthy, completed_successfully };
[[nodiscard]] const char* to_string(Condition condition);  ///< `service_started`, …

struct Dependency {
  Condition condition = Condition::started;
  bool required = true;
  bool restart = false;  ///< restart the dependent after the dependency was restarted or recreated
};

/// `healthcheck`. An unset field leaves the image's own value in force.
struct HealthCheck {
  bool disable = false;
  StringList test;  ///< `CMD …` or `CMD-SHELL …`
  std::optional<Duration> interval, timeout, start_period, start_interval;
  std::optional<int> retries;
};

struct PortMapping {
  std::string name, mode, host_ip, published, protocol = "tcp", app_protocol;
  int target = 0;
};

/// One entry of `volumes`, in long form.
struct Mount {
  std::string type;  ///< bind, volume, tmpfs, npipe, cluster, image
  std::string source, target, consistency;
  bool read_only = false;
  bool bind_create_host_path = false;
  std::string bind_propagation, bind_selinux, bind_recursive;
  bool volume_nocopy = false;
  std::string volume_subpath;
  StringMap volume_labels;
  std::optional<std::int64_t> tmpfs_size;
  std::optional<std::uint32_t> tmpfs_mode;
  std::string image_subpath;
  bool has_options = true;  ///< of its type (`volume: {}`)
};

/// A service's place in one network.
struct NetworkAttachment {
  StringList aliases, link_local_ips;
  std::string ipv4_address, ipv6_address, mac_address, interface_name;
  StringMap driver_opts;
  int priority = 0;
  int gw_priority = 0;
  bool is_mapping = false;  ///< not just the network's name
};

struct Ulimit {
  std::int64_t soft = 0, hard = 0;
};

/// An entry of a service's `secrets` or `configs`.
struct FileReference {
  std::string source, target, uid, gid;
  std::optional<std::uint32_t> mode;
};

struct DeviceMapping {
  std::string source, target, permissions;
};

struct DeviceRequest {
  StringList capabilities, device_ids;
  std::string driver;
  std::optional<std::int64_t> count;  ///< -1: all
  StringMap options;
};

struct Logging {
  std::string driver;
  StringMap options;
};

struct CredentialSpec {  ///< Windows: exactly one is set
  std::string config, file, registry;
};

struct WeightDevice {
  std::string path;
  std::uint16_t weight = 0;
};
struct ThrottleDevice {
  std::string path;
  std::int64_t rate = 0;
};
struct BlkioConfig {
  std::uint16_t weight = 0;
  std::vector<WeightDevice> weight_devices;
  std::vector<ThrottleDevice> read_bps, write_bps, read_iops, write_iops;
};

struct Hook {  ///< `post_start` and `pre_stop`
  StringList command;
  std::string user, working_dir;
  bool privileged = false;
  std::map<std::string, std::optional<std::string>> environment;
};

/// A file that the build reads as a secret.
struct BuildSecret {
  std::string source, target;
};

struct Build {
  std::string context, dockerfile, dockerfile_inline, target, network, isolation, pull_text;
  std::map<std::string, std::optional<std::string>> args;
  StringMap labels, additional_contexts;
  StringList cache_from, cache_to, tags, platforms, ssh, entitlements, extra_hosts;
  std::vector<FileReference> secrets;
  std::map<std::string, Ulimit> ulimits;
  std::optional<std::int64_t> shm_size;
  bool no_cache = false, pull = false, privileged = false;
  std::string provenance, sbom;
};

struct WatchRule {  ///< `develop.watch[]`
  std::string action, path, target;
  StringList ignore, include;
  bool initial_sync = false;
  Hook exec;
};

struct Provider {
  std::string type;
  std::map<std::string, StringList> options;
};

/// A service's use of a top-level model.
struct ModelReference {
  std::string endpoint_var, model_var;
};

struct Resources {  ///< `deploy.resources.limits` / `.reservations`
  std::optional<double> cpus;
  std::optional<std::int64_t> memory, pids;
  std::vector<DeviceRequest> devices;
};

struct RestartPolicy {  ///< `deploy.restart_policy`
  std::string condition;
  std::optional<std::int64_t> max_attempts;
};

/// A service in canonical form: every short form expanded, every path absolute, every variable replaced.
/// (Compose Specification, section "Services".) Empty and unset mean the engine's or the image's default.
struct Service {
  std::string name;
  StringList profiles;
  int scale = 1;  ///< from `scale` or `deploy.replicas`

  std::string image, platform, pull_policy;
  std::optional<Build> build;
  std::optional<Provider> provider;
  std::map<std::string, ModelReference> models;

  std::optional<StringList> command, entrypoint;                  ///< set but empty clears what the image has
  std::map<std::string, std::optional<std::string>> environment;  ///< no value: unset in the container
  std::string working_dir, user, hostname, domainname, container_name, mac_address;
  StringMap labels, annotations;
  bool attach = true;
  bool tty = false, stdin_open = false, read_only = false, privileged = false;
  std::optional<bool> init;
  std::string stop_signal;
  std::optional<Duration> stop_grace_period;
  std::optional<HealthCheck> healthcheck;
  std::string restart;  ///< no, always, on-failure[:N], unless-stopped

  std::map<std::string, Dependency> depends_on;  ///< also what links, volumes_from and `service:` modes imply
  StringList links, external_links, volumes_from;
  std::vector<PortMapping> ports;
  StringList expose;
  std::string network_mode;
  std::map<std::string, NetworkAttachment> networks;
  StringList dns, dns_opt, dns_search, extra_hosts;  ///< extra_hosts as `host=ip`

  std::vector<Mount> volumes;
  StringList tmpfs;
  std::vector<FileReference> secrets, configs;

  StringList cap_add, cap_drop, security_opt, group_add, device_cgroup_rules;
  std::string ipc, pid, uts, userns_mode, cgroup, cgroup_parent, isolation, runtime;
  StringMap sysctls, storage_opt;
  std::map<std::string, Ulimit> ulimits;
  std::vector<DeviceMapping> devices;
  std::vector<DeviceRequest> gpus;
  std::optional<BlkioConfig> blkio_config;
  std::optional<Logging> logging;
  std::optional<CredentialSpec> credential_spec;
  bool use_api_socket = false;

  std::optional<double> cpus, cpu_percent;
  std::optional<std::int64_t> cpu_count, cpu_shares, cpu_quota, cpu_period, cpu_rt_runtime, cpu_rt_period;
  std::string cpuset;
  std::optional<std::int64_t> mem_limit, mem_reservation, memswap_limit, mem_swappiness, shm_size, pids_limit;
  bool oom_kill_disable = false;
  std::optional<int> oom_score_adj;
  Resources limits, reservations;
  std::optional<RestartPolicy> restart_policy;

  std::vector<Hook> post_start, pre_stop;
  std::vector<WatchRule> watch;

  /// What decides whether a container is up to date: `crstack config --hash`, the value of the label
  /// `com.docker.compose.config-hash`. Equal to docker compose's, so that both tools agree on each other's
  /// stacks.
  std::string config_hash;
  /// What `config_hash` is taken of; only where the service shares another one's namespaces or volumes, whose
  /// containers then count as well.
  std::string hash_text;
  /// `x-crstack: {probe: engine}` turns crstack's own readiness probes off for this service.
  bool engine_probe_only = false;
};

}  // namespace crstack::project
