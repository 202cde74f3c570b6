// SPDX-License-Identifier: MIT
#include <algorithm>

#include "crstack/base/text.hpp"
#include "engine/codec.hpp"
#include "engine/encode_parts.hpp"

namespace crstack::engine::codec {

namespace {

Json health(const HealthSpec& spec, const ApiGate& gate) {
  Json result = Json::object();
  put(result, "Test", spec.test);
  put(result, "Interval", spec.interval);
  put(result, "Timeout", spec.timeout);
  put(result, "StartPeriod", spec.start_period);
  put(result, "Retries", spec.retries);
  if (gate.carries(spec.start_interval.has_value(), api_1_44, "healthcheck.start_interval"))
    put(result, "StartInterval", spec.start_interval);
  return result;
}

Json endpoint(const EndpointSpec& spec, int api_version) {
  std::vector<std::string> unused;
  const ApiGate gate{api_version, unused};
  Json result = Json::object(), ipam = Json::object();
  put(ipam, "IPv4Address", spec.ipv4_address);
  put(ipam, "IPv6Address", spec.ipv6_address);
  put(ipam, "LinkLocalIPs", spec.link_local_ips);
  if (!ipam.empty() || spec.ipam == EndpointSpec::Ipam::always) result["IPAMConfig"] = ipam;
  put(result, "IPAddress", spec.ipv4_address);
  put(result, "Aliases", spec.aliases);
  put(result, "Links", spec.links);
  StringMap options = spec.driver_opts;
  gate.need(!spec.interface_name.empty(), api_1_49, "networks.interface_name");
  if (!spec.interface_name.empty()) options["com.docker.network.endpoint.ifname"] = spec.interface_name;
  put(result, "DriverOpts", options);
  if (api_version >= api_1_44) put(result, "MacAddress", spec.mac_address);
  gate.need(spec.gw_priority != 0, api_1_48, "networks.gw_priority");
  put(result, "GwPriority", spec.gw_priority);
  return result;
}

Json networking(const ContainerSpec& spec, int api_version) {
  Json endpoints = Json::object();
  for (const auto& item : in_connect_order(spec.endpoints)) {
    endpoints[item.network] = endpoint(item, api_version);
    if (api_version < api_1_44) break;
  }
  return {{"EndpointsConfig", endpoints}};
}

Json port_bindings(const std::vector<PortBinding>& ports) {
  Json result = Json::object();
  for (const auto& port : ports)
    result[std::to_string(port.container_port) + "/" + port.protocol].push_back(
        {{"HostIp", port.host_ip}, {"HostPort", port.host_port}});
  return result;
}

Json key_set(const StringList& keys) {
  Json result = Json::object();
  for (const auto& key : keys) result[key] = Json::object();
  return result;
}

Json rates(const std::vector<PathRate>& rows, const char* key) {
  Json result = Json::array();
  for (const auto& row : rows) result.push_back({{"Path", row.path}, {key, row.value}});
  return result;
}

void put_resources(Json& host, const ContainerSpec& spec) {
  put(host, "NanoCpus", spec.nano_cpus);
  put(host, "CpuShares", spec.cpu_shares);
  put(host, "CpuQuota", spec.cpu_quota);
  put(host, "CpuPeriod", spec.cpu_period);
  put(host, "CpuRealtimeRuntime", spec.cpu_realtime_runtime);
  put(host, "CpuRealtimePeriod", spec.cpu_realtime_period);
  put(host, "CpuCount", spec.cpu_count);
  put(host, "CpuPercent", spec.cpu_percent);
  put(host, "CpusetCpus", spec.cpuset_cpus);
  put(host, "Memory", spec.memory);
  put(host, "MemoryReservation", spec.memory_reservation);
  put(host, "MemorySwap", spec.memory_swap);
  put(host, "MemorySwappiness", spec.memory_swappiness);
  put(host, "ShmSize", spec.shm_size);
  put(host, "PidsLimit", spec.pids_limit);
  put(host, "OomKillDisable", spec.oom_kill_disable);
  put(host, "OomScoreAdj", spec.oom_score_adj);
  put(host, "BlkioWeight", spec.blkio_weight);
  put(host, "BlkioWeightDevice", rates(spec.blkio_weight_device, "Weight"));
  put(host, "BlkioDeviceReadBps", rates(spec.blkio_read_bps, "Rate"));
  put(host, "BlkioDeviceWriteBps", rates(spec.blkio_write_bps, "Rate"));
  put(host, "BlkioDeviceReadIOps", rates(spec.blkio_read_iops, "Rate"));
  put(host, "BlkioDeviceWriteIOps", rates(spec.blkio_write_iops, "Rate"));
  for (const auto& limit : spec.ulimits)
    host["Ulimits"].push_back({{"Name", limit.name}, {"Soft", limit.soft}, {"Hard", limit.hard}});
  for (const auto& device : spec.devices)
    host["Devices"].push_back({{"PathOnHost", device.path_on_host},
                               {"PathInContainer", device.path_in_container},
                               {"CgroupPermissions", device.cgroup_permissions}});
  for (const auto& request : spec.device_requests) {
    Json item = Json::object();
    put(item, "Driver", request.driver);
    put(item, "Count", request.count);
    put(item, "DeviceIDs", request.device_ids);
    put(item, "Capabilities", request.capabilities);
    put(item, "Options", request.options);
    host["DeviceRequests"].push_back(item);
  }
}

void put_isolation(Json& host, const ContainerSpec& spec) {
  put(host, "Privileged", spec.privileged);
  put(host, "ReadonlyRootfs", spec.read_only_rootfs);
  put(host, "CapAdd", spec.cap_add);
  put(host, "CapDrop", spec.cap_drop);
  put(host, "SecurityOpt", spec.security_opt);
  put(host, "GroupAdd", spec.group_add);
  put(host, "DeviceCgroupRules", spec.device_cgroup_rules);
  put(host, "IpcMode", spec.ipc_mode);
  put(host, "PidMode", spec.pid_mode);
  put(host, "UTSMode", spec.uts_mode);
  put(host, "UsernsMode", spec.userns_mode);
  put(host, "CgroupnsMode", spec.cgroupns_mode);
  put(host, "CgroupParent", spec.cgroup_parent);
  put(host, "Isolation", spec.isolation);
  put(host, "Runtime", spec.runtime);
  put(host, "Sysctls", spec.sysctls);
  put(host, "StorageOpt", spec.storage_opt);
  if (spec.unconfined_system_paths) {
    host["MaskedPaths"] =
        spec.masked_paths_override.empty() ? Json::array() : Json(spec.masked_paths_override);
    host["ReadonlyPaths"] = Json::array();
  }
}

Json host_config(const ContainerSpec& spec, const ApiGate& gate) {
  Json host = Json::object();
  put(host, "Binds", spec.binds);
  for (const auto& item : spec.mounts) host["Mounts"].push_back(mount(item, gate));
  put(host, "Tmpfs", spec.tmpfs);
  host["PortBindings"] = port_bindings(spec.ports);
  put(host, "PublishAllPorts", spec.publish_all_ports);
  std::string mode = spec.network_mode;
  if (mode.empty() && !spec.endpoints.empty()) mode = in_connect_order(spec.endpoints).front().network;
  put(host, "NetworkMode", mode);
  if (!spec.restart.name.empty())
    host["RestartPolicy"] = {{"Name", spec.restart.name},
                             {"MaximumRetryCount", spec.restart.maximum_retry_count}};
  put(host, "AutoRemove", spec.auto_remove);
  put(host, "Init", spec.init);
  put(host, "VolumesFrom", spec.volumes_from);
  put(host, "Links", spec.links);
  put(host, "Dns", spec.dns);
  put(host, "DnsOptions", spec.dns_options);
  put(host, "DnsSearch", spec.dns_search);
  host["ExtraHosts"] = spec.extra_hosts;
  if (!spec.log_driver.empty() || !spec.log_options.empty())
    host["LogConfig"] = {{"Type", spec.log_driver}, {"Config", spec.log_options}};
  if (gate.carries(!spec.annotations.empty(), api_1_43, "annotations"))
    put(host, "Annotations", spec.annotations);
  put_isolation(host, spec);
  put_resources(host, spec);
  return host;
}

/// Below 1.44 the container has one MAC address: the first endpoint's, unless it is set by itself.
std::string mac_address(const ContainerSpec& spec, int api_version) {
  if (!spec.mac_address.empty() || spec.endpoints.empty() || api_version >= api_1_44) return spec.mac_address;
  return in_connect_order(spec.endpoints).front().mac_address;
}

}  // namespace

std::vector<EndpointSpec> in_connect_order(std::vector<EndpointSpec> endpoints) {
  std::sort(endpoints.begin(), endpoints.end(), [](const EndpointSpec& left, const EndpointSpec& right) {
    if (left.priority != right.priority) return left.priority > right.priority;
    return left.network < right.network;
  });
  return endpoints;
}

std::string encode_container(const ContainerSpec& spec, int api_version, std::vector<std::string>& warnings) {
  const ApiGate gate{api_version, warnings};
  Json body = {{"Image", spec.image}};
  put(body, "Cmd", spec.command);
  put(body, "Entrypoint", spec.entrypoint);
  put(body, "Env", spec.environment);
  put(body, "Labels", spec.labels);
  put(body, "WorkingDir", spec.working_dir);
  put(body, "User", spec.user);
  put(body, "Hostname", spec.hostname);
  put(body, "Domainname", spec.domainname);
  put(body, "MacAddress", mac_address(spec, api_version));
  put(body, "StopSignal", spec.stop_signal);
  put(body, "StopTimeout", spec.stop_timeout);
  put(body, "Tty", spec.tty);
  put(body, "OpenStdin", spec.open_stdin);
  put(body, "StdinOnce", spec.stdin_once);
  put(body, "AttachStdin", spec.attach_stdin);
  put(body, "AttachStdout", spec.attach_output);
  put(body, "AttachStderr", spec.attach_output);
  if (spec.health) body["Healthcheck"] = health(*spec.health, gate);
  put(body, "ExposedPorts", key_set(spec.exposed_ports));
  for (const auto& port : spec.ports)
    body["ExposedPorts"][std::to_string(port.container_port) + "/" + port.protocol] = Json::object();
  put(body, "Volumes", key_set(spec.anonymous_volumes));
  body["HostConfig"] = host_config(spec, gate);
  if (!spec.endpoints.empty()) body["NetworkingConfig"] = networking(spec, api_version);
  return body.dump();
}

std::string encode_connect(const std::string& container, const EndpointSpec& spec, int api_version) {
  return Json{{"Container", container}, {"EndpointConfig", endpoint(spec, api_version)}}.dump();
}

std::string encode_disconnect(const std::string& container, bool force) {
  return Json{{"Container", container}, {"Force", force}}.dump();
}

std::string encode_network(const NetworkSpec& spec, int api_version) {
  Json body = {{"Name", spec.name}, {"CheckDuplicate", true}};
  put(body, "Driver", spec.driver);
  put(body, "Internal", spec.internal);
  put(body, "Attachable", spec.attachable);
  put(body, "Options", spec.driver_opts);
  put(body, "Labels", spec.labels);
  put(body, "EnableIPv6", spec.enable_ipv6);
  if (spec.enable_ipv4 && api_version < api_1_48 && !*spec.enable_ipv4)
    throw EngineError(
        ErrorKind::unsupported, 0, "POST", "/networks/create",
        "networks.enable_ipv4: false needs Engine API 1.48; this engine speaks " + version_text(api_version),
        "Use a newer engine, or leave the key out.");
  if (api_version >= api_1_48) put(body, "EnableIPv4", spec.enable_ipv4);
  if (spec.ipam_driver.empty() && spec.ipam_pools.empty()) return body.dump();
  Json ipam = Json::object();
  put(ipam, "Driver", spec.ipam_driver);
  for (const auto& pool : spec.ipam_pools) {
    Json item = Json::object();
    put(item, "Subnet", pool.subnet);
    put(item, "Gateway", pool.gateway);
    put(item, "IPRange", pool.ip_range);
    put(item, "AuxiliaryAddresses", pool.aux_addresses);
    ipam["Config"].push_back(item);
  }
  body["IPAM"] = ipam;
  return body.dump();
}

std::string encode_volume(const VolumeSpec& spec) {
  Json body = {{"Name", spec.name}};
  put(body, "Driver", spec.driver);
  put(body, "DriverOpts", spec.driver_opts);
  put(body, "Labels", spec.labels);
  return body.dump();
}

std::string encode_exec(const ExecSpec& spec) {
  Json body = {{"Cmd", spec.command}};
  put(body, "Env", spec.environment);
  put(body, "User", spec.user);
  put(body, "WorkingDir", spec.working_dir);
  put(body, "DetachKeys", spec.detach_keys);
  put(body, "Tty", spec.tty);
  put(body, "AttachStdin", spec.attach_stdin);
  put(body, "AttachStdout", spec.attach_output);
  put(body, "AttachStderr", spec.attach_output);
  put(body, "Privileged", spec.privileged);
  return body.dump();
}

std::string encode_exec_start(bool detach, bool tty) {
  return Json{{"Detach", detach}, {"Tty", tty}}.dump();
}

std::string encode_commit() {
  return "{}";
}

std::string encode_filters(const std::vector<std::pair<std::string, StringList>>& filters) {
  Json body = Json::object();
  for (const auto& [key, values] : filters)
    if (!values.empty()) body[key] = values;
  return body.dump();
}

std::string encode_platform(const std::string& platform) {
  auto parts = split(platform, '/');
  parts.resize(3);
  Json body = {{"os", parts[0]}, {"architecture", parts[1]}};
  if (!parts[2].empty()) body["variant"] = parts[2];
  return body.dump();
}

std::string encode_list(const StringList& list) {
  return Json(list).dump();
}

std::string encode_map(const StringMap& map) {
  return Json(map).dump();
}

std::string encode_build_args(const std::map<std::string, std::optional<std::string>>& map) {
  Json body = Json::object();
  for (const auto& [key, value] : map) body[key] = value ? Json(*value) : Json();
  return body.dump();
}

}  // namespace crstack::engine::codec
