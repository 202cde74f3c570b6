// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crstack/base/clock.hpp"

/// What crstack asks the engine to make. The fields carry the Engine API's own names and units (API 1.40 and
/// later); an empty or unset field is left out of the request, so that the engine's default stays in force.
namespace crstack::engine {

using StringMap = std::map<std::string, std::string>;
using StringList = std::vector<std::string>;

struct HealthSpec {  ///< `Config.Healthcheck`; `test` = {"NONE"} turns it off
  StringList test;
  std::optional<Duration> interval, timeout, start_period, start_interval;  ///< start_interval: API 1.44
  std::optional<int> retries;
};

struct PortBinding {
  int container_port = 0;
  std::string protocol = "tcp";
  std::string host_ip;
  std::string host_port;  ///< a port, a range, or empty for one of the engine's choice
};

struct MountSpec {  ///< `HostConfig.Mounts[]`
  std::string type, source, target, consistency;
  bool read_only = false;
  std::string bind_propagation;
  bool bind_non_recursive = false, bind_create_mountpoint = false;
  bool bind_read_only_non_recursive = false, bind_read_only_force_recursive = false;  ///< API 1.44
  bool volume_no_copy = false;
  std::string volume_subpath;  ///< API 1.45
  StringMap volume_labels;
  std::string volume_driver;
  StringMap volume_driver_options;
  std::optional<std::int64_t> tmpfs_size;
  std::optional<std::uint32_t> tmpfs_mode;
  std::string image_subpath;  ///< API 1.48
  /// Whether the options of its type are sent where there are none: `inspect` shows `{}` for them.
  enum class Options { given, none } options = Options::given;
};

struct EndpointSpec {   ///< one of `NetworkingConfig.EndpointsConfig`
  std::string network;  ///< name or ID
  StringList aliases, links, link_local_ips;
  std::string ipv4_address, ipv6_address, mac_address;
  std::string interface_name;  ///< API 1.49
  StringMap driver_opts;
  int priority = 0;     ///< connect order: higher first; not sent
  int gw_priority = 0;  ///< API 1.48
  /// Whether an `IPAMConfig` is sent where it is empty: `inspect` shows it.
  enum class Ipam { where_needed, always } ipam = Ipam::where_needed;
};

struct UlimitSpec {
  std::string name;
  std::int64_t soft = 0, hard = 0;
};

struct DeviceSpec {
  std::string path_on_host, path_in_container, cgroup_permissions;
};

struct DeviceRequestSpec {
  std::string driver;
  std::optional<std::int64_t> count;
  StringList device_ids;
  std::vector<StringList> capabilities;
  StringMap options;
};

struct PathRate {
  std::string path;
  std::int64_t value = 0;
};

struct RestartPolicySpec {
  std::string name;  ///< no, always, on-failure, unless-stopped
  int maximum_retry_count = 0;
};

/// `POST /containers/create`.
struct ContainerSpec {
  std::string name, image, platform;
  std::optional<StringList> command, entrypoint;
  StringList environment;  ///< `KEY=value`; `KEY` alone unsets what the image sets
  StringMap labels, annotations;
  std::string working_dir, user, hostname, domainname, mac_address, stop_signal;
  std::optional<int> stop_timeout;  ///< seconds
  bool tty = false, open_stdin = false, stdin_once = false, attach_stdin = false, attach_output = false;
  std::optional<HealthSpec> health;
  StringList exposed_ports;      ///< `80/tcp`
  StringList anonymous_volumes;  ///< `Config.Volumes`

  StringList binds;
  std::vector<MountSpec> mounts;
  StringMap tmpfs;  ///< path → options
  std::vector<PortBinding> ports;
  std::string network_mode;
  /// All of the container's networks. Below API 1.44 an engine takes one of them in the create request:
  /// `create_container` then connects the others itself, before it returns.
  std::vector<EndpointSpec> endpoints;
  RestartPolicySpec restart;
  bool auto_remove = false, privileged = false, read_only_rootfs = false, publish_all_ports = false;
  std::optional<bool> init;
  StringList cap_add, cap_drop, security_opt, group_add, device_cgroup_rules, volumes_from, links;
  StringList masked_paths_override;  ///< set by `systempaths=unconfined`
  bool unconfined_system_paths = false;
  StringList dns, dns_options, dns_search, extra_hosts;  ///< extra_hosts as `host:ip`
  std::string ipc_mode, pid_mode, uts_mode, userns_mode, cgroupns_mode, cgroup_parent, isolation, runtime;
  StringMap sysctls, storage_opt;
  std::vector<UlimitSpec> ulimits;
  std::vector<DeviceSpec> devices;
  std::vector<DeviceRequestSpec> device_requests;
  std::string log_driver;
  StringMap log_options;

  std::int64_t nano_cpus = 0, cpu_shares = 0, cpu_quota = 0, cpu_period = 0, cpu_realtime_runtime = 0,
               cpu_realtime_period = 0, cpu_count = 0, cpu_percent = 0;
  std::string cpuset_cpus;
  std::int64_t memory = 0, memory_reservation = 0, memory_swap = 0, shm_size = 0;
  std::optional<std::int64_t> memory_swappiness, pids_limit;
  bool oom_kill_disable = false;
  std::optional<int> oom_score_adj;
  int blkio_weight = 0;
  std::vector<PathRate> blkio_weight_device, blkio_read_bps, blkio_write_bps, blkio_read_iops,
      blkio_write_iops;
};

struct IpamPoolSpec {
  std::string subnet, gateway, ip_range;
  StringMap aux_addresses;
};

/// `POST /networks/create`.
struct NetworkSpec {
  std::string name, driver;
  StringMap driver_opts, labels;
  bool internal = false, attachable = false;
  std::optional<bool> enable_ipv4, enable_ipv6;
  std::string ipam_driver;
  std::vector<IpamPoolSpec> ipam_pools;
};

/// `POST /volumes/create`.
struct VolumeSpec {
  std::string name, driver;
  StringMap driver_opts, labels;
};

/// `POST /containers/{id}/exec`.
struct ExecSpec {
  StringList command, environment;
  std::string user, working_dir, detach_keys;
  bool tty = false, attach_stdin = false, attach_output = true, privileged = false;
};

/// `POST /build`; the context comes as a tar stream, or from where `remote` says (a Git repository or a tar's
/// URL).
struct BuildSpec {
  enum class Builder { classic, buildkit } builder = Builder::classic;
  StringList tags;
  std::string remote;
  StringMap secrets;                           ///< BuildKit only: contents by ID
  StringMap ssh_agents;                        ///< BuildKit only: sockets of SSH agents by ID
  std::map<std::string, StringList> ssh_keys;  ///< likewise: paths of private keys
  std::string dockerfile, target, network, platform, isolation;
  std::map<std::string, std::optional<std::string>> args;
  StringMap labels;
  StringList cache_from, extra_hosts;
  bool no_cache = false, pull = false, remove_intermediate = true;
  std::int64_t shm_size = 0;
  std::int64_t memory = 0;  ///< limit of the build's containers, bytes; 0: none
};

}  // namespace crstack::engine
