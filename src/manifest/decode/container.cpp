// SPDX-License-Identifier: MIT
#include "decode.hpp"
#include "fields.hpp"

namespace crstack::manifest {

using namespace decode_fields;
using project::Service;

namespace {

project::PortMapping decode_port(const Node& node) {
  project::PortMapping port;
  port.name = text(node, "name");
  port.mode = text(node, "mode");
  port.host_ip = text(node, "host_ip");
  port.published = text(node, "published");
  port.protocol = text(node, "protocol");
  port.app_protocol = text(node, "app_protocol");
  port.target = static_cast<int>(whole(node, "target").value_or(0));
  return port;
}

project::NetworkAttachment decode_attachment(const Node& node) {
  project::NetworkAttachment attachment;
  attachment.is_mapping = node.is_map();
  attachment.aliases = texts(node, "aliases");
  attachment.link_local_ips = texts(node, "link_local_ips");
  attachment.ipv4_address = text(node, "ipv4_address");
  attachment.ipv6_address = text(node, "ipv6_address");
  attachment.mac_address = text(node, "mac_address");
  attachment.interface_name = text(node, "interface_name");
  attachment.driver_opts = text_map(node, "driver_opts");
  attachment.priority = static_cast<int>(whole(node, "priority").value_or(0));
  attachment.gw_priority = static_cast<int>(whole(node, "gw_priority").value_or(0));
  return attachment;
}

project::Mount decode_mount(const Node& node) {
  project::Mount mount;
  mount.type = text(node, "type");
  mount.source = text(node, "source");
  mount.target = text(node, "target");
  mount.consistency = text(node, "consistency");
  mount.read_only = flag(node, "read_only");
  mount.has_options = mount.type == "bind" || submap(node, mount.type.c_str()) != nullptr;
  mount.bind_create_host_path = true;  // unless the options of the bind say otherwise
  if (const Node* bind = submap(node, "bind")) {
    mount.bind_create_host_path = flag(*bind, "create_host_path");
    mount.bind_propagation = text(*bind, "propagation");
    mount.bind_selinux = text(*bind, "selinux");
    mount.bind_recursive = text(*bind, "recursive");
  }
  if (const Node* volume = submap(node, "volume")) {
    mount.volume_nocopy = flag(*volume, "nocopy");
    mount.volume_subpath = text(*volume, "subpath");
    mount.volume_labels = text_map(*volume, "labels");
  }
  if (const Node* tmpfs = submap(node, "tmpfs")) {
    mount.tmpfs_size = nonzero_bytes(*tmpfs, "size");
    if (const auto mode = nonzero(*tmpfs, "mode")) mount.tmpfs_mode = static_cast<std::uint32_t>(*mode);
  }
  if (const Node* image = submap(node, "image")) mount.image_subpath = text(*image, "subpath");
  return mount;
}

std::vector<project::ThrottleDevice> throttles(const Node& node, const char* key) {
  std::vector<project::ThrottleDevice> list;
  each_item(node, key, [&](const Node& item) {
    list.push_back({text(item, "path"), bytes(item, "rate").value_or(0)});
  });
  return list;
}

project::BlkioConfig decode_blkio(const Node& node) {
  project::BlkioConfig blkio;
  blkio.weight = static_cast<std::uint16_t>(whole(node, "weight").value_or(0));
  each_item(node, "weight_device", [&](const Node& item) {
    blkio.weight_devices.push_back(
        {text(item, "path"), static_cast<std::uint16_t>(whole(item, "weight").value_or(0))});
  });
  blkio.read_bps = throttles(node, "device_read_bps");
  blkio.write_bps = throttles(node, "device_write_bps");
  blkio.read_iops = throttles(node, "device_read_iops");
  blkio.write_iops = throttles(node, "device_write_iops");
  return blkio;
}

project::Resources decode_resources(const Node& node) {
  project::Resources resources;
  resources.cpus = nonzero_real(node, "cpus");
  resources.memory = nonzero_bytes(node, "memory");
  resources.pids = nonzero(node, "pids");
  resources.devices = decode_device_requests(node, "devices");
  return resources;
}

void decode_deploy(const Node& node, Service& service) {
  const Node* deploy = submap(node, "deploy");
  if (!deploy) return;
  if (const Node* resources = submap(*deploy, "resources")) {
    if (const Node* limits = submap(*resources, "limits")) service.limits = decode_resources(*limits);
    if (const Node* reserved = submap(*resources, "reservations"))
      service.reservations = decode_resources(*reserved);
  }
  if (const Node* policy = submap(*deploy, "restart_policy"))
    service.restart_policy =
        project::RestartPolicy{text(*policy, "condition"), whole(*policy, "max_attempts")};
}

void decode_cpu(const Node& node, Service& service) {
  service.cpus = nonzero_real(node, "cpus");
  service.cpu_percent = nonzero_real(node, "cpu_percent");
  service.cpu_count = nonzero(node, "cpu_count");
  service.cpu_shares = nonzero(node, "cpu_shares");
  service.cpu_quota = nonzero(node, "cpu_quota");
  service.cpu_period = nonzero(node, "cpu_period");
  service.cpu_rt_runtime = nonzero(node, "cpu_rt_runtime");
  service.cpu_rt_period = nonzero(node, "cpu_rt_period");
  service.cpuset = text(node, "cpuset");
}

}  // namespace

std::vector<project::DeviceRequest> decode_device_requests(const Node& parent, const char* key) {
  std::vector<project::DeviceRequest> requests;
  each_item(parent, key, [&](const Node& item) {
    project::DeviceRequest request;
    request.capabilities = texts(item, "capabilities");
    request.device_ids = texts(item, "device_ids");
    request.driver = text(item, "driver");
    request.count = whole(item, "count");
    request.options = text_map(item, "options");
    requests.push_back(std::move(request));
  });
  return requests;
}

std::map<std::string, project::Ulimit> decode_ulimits(const Node& parent) {
  std::map<std::string, project::Ulimit> limits;
  each_entry(parent, "ulimits", [&](const std::string& name, const Node& value) {
    if (value.is_integer())
      limits[name] = {value.as_integer(), value.as_integer()};
    else
      limits[name] = {whole(value, "soft").value_or(0), whole(value, "hard").value_or(0)};
  });
  return limits;
}

void decode_networking(const Node& node, Service& service) {
  service.links = texts(node, "links");
  service.external_links = texts(node, "external_links");
  each_item(node, "ports", [&](const Node& port) { service.ports.push_back(decode_port(port)); });
  service.expose = texts(node, "expose");
  service.network_mode = text(node, "network_mode");
  each_entry(node, "networks", [&](const std::string& name, const Node& value) {
    service.networks[name] = decode_attachment(value);
  });
  service.dns = texts(node, "dns");
  service.dns_opt = texts(node, "dns_opt");
  service.dns_search = texts(node, "dns_search");
  service.extra_hosts = texts(node, "extra_hosts");
}

void decode_storage(const Node& node, Service& service) {
  service.volumes_from = texts(node, "volumes_from");
  each_item(node, "volumes", [&](const Node& mount) { service.volumes.push_back(decode_mount(mount)); });
  service.tmpfs = texts(node, "tmpfs");
  each_item(node, "secrets",
            [&](const Node& item) { service.secrets.push_back(decode_file_reference(item)); });
  each_item(node, "configs",
            [&](const Node& item) { service.configs.push_back(decode_file_reference(item)); });
  each_item(node, "devices", [&](const Node& item) {
    service.devices.push_back({text(item, "source"), text(item, "target"), text(item, "permissions")});
  });
}

void decode_limits(const Node& node, Service& service) {
  service.ulimits = decode_ulimits(node);
  service.gpus = decode_device_requests(node, "gpus");
  if (const Node* blkio = submap(node, "blkio_config")) service.blkio_config = decode_blkio(*blkio);
  decode_cpu(node, service);
  service.mem_limit = nonzero_bytes(node, "mem_limit");
  service.mem_reservation = nonzero_bytes(node, "mem_reservation");
  service.memswap_limit = nonzero_bytes(node, "memswap_limit");
  service.mem_swappiness = nonzero_bytes(node, "mem_swappiness");
  service.shm_size = nonzero_bytes(node, "shm_size");
  service.pids_limit = nonzero(node, "pids_limit");
  service.oom_kill_disable = flag(node, "oom_kill_disable");
  if (const auto score = nonzero(node, "oom_score_adj")) service.oom_score_adj = static_cast<int>(*score);
  decode_deploy(node, service);
}

}  // namespace crstack::manifest
