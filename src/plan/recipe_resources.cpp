// SPDX-License-Identifier: MIT
#include "recipe_parts.hpp"

namespace crstack::plan {

namespace {

using project::Service;

/// A number that was read as a float is multiplied as one: 0.7 is 700'000'000, not 699'999'988.
std::int64_t nano_cpus(double cpus) {
  return static_cast<std::int64_t>(static_cast<float>(cpus) * 1e9F);
}

void fill_limits(const Service& service, engine::ContainerSpec& spec) {
  spec.memory = service.limits.memory.value_or(service.mem_limit.value_or(0));
  spec.memory_reservation = service.reservations.memory.value_or(service.mem_reservation.value_or(0));
  spec.memory_swap = service.memswap_limit.value_or(0);
  if (service.mem_swappiness && *service.mem_swappiness != 0) spec.memory_swappiness = service.mem_swappiness;
  spec.shm_size = service.shm_size.value_or(0);
  if (service.pids_limit && *service.pids_limit != 0) spec.pids_limit = service.pids_limit;
  if (service.limits.pids.value_or(0) > 0) spec.pids_limit = service.limits.pids;
  spec.oom_kill_disable = service.oom_kill_disable;
  spec.oom_score_adj = service.oom_score_adj;
}

void fill_cpu(const Service& service, engine::ContainerSpec& spec) {
  spec.nano_cpus = nano_cpus(service.limits.cpus.value_or(service.cpus.value_or(0)));
  spec.cpu_shares = service.cpu_shares.value_or(0);
  spec.cpu_quota = service.cpu_quota.value_or(0);
  spec.cpu_period = service.cpu_period.value_or(0);
  spec.cpu_realtime_runtime = service.cpu_rt_runtime.value_or(0);
  spec.cpu_realtime_period = service.cpu_rt_period.value_or(0);
  spec.cpu_count = service.cpu_count.value_or(0);
  spec.cpu_percent = static_cast<std::int64_t>(service.cpu_percent.value_or(0) * 100);
  spec.cpuset_cpus = service.cpuset;
}

void fill_blkio(const Service& service, engine::ContainerSpec& spec) {
  if (!service.blkio_config) return;
  const auto& config = *service.blkio_config;
  const auto rates = [](const std::vector<project::ThrottleDevice>& devices) {
    std::vector<engine::PathRate> out;
    for (const auto& device : devices) out.push_back({device.path, device.rate});
    return out;
  };
  spec.blkio_weight = config.weight;
  for (const auto& device : config.weight_devices) {
    spec.blkio_weight_device.push_back({device.path, device.weight});
  }
  spec.blkio_read_bps = rates(config.read_bps);
  spec.blkio_write_bps = rates(config.write_bps);
  spec.blkio_read_iops = rates(config.read_iops);
  spec.blkio_write_iops = rates(config.write_iops);
}

/// `vendor.com/class=name`: a device that the Container Device Interface describes.
bool is_cdi_name(const project::DeviceMapping& device) {
  const auto slash = device.source.find('/');
  const auto equals = device.source.find('=');
  return device.source == device.target && slash != 0 && slash != std::string::npos &&
         equals != std::string::npos && slash < equals;
}

engine::DeviceRequestSpec request(const project::DeviceRequest& device) {
  return {device.driver, device.count, device.device_ids, {device.capabilities}, device.options};
}

void fill_devices(const Service& service, engine::ContainerSpec& spec) {
  for (const auto& device : service.reservations.devices) spec.device_requests.push_back(request(device));
  engine::DeviceRequestSpec cdi{"cdi", {}, {}, {}, {}};
  for (const auto& device : service.devices) {
    if (is_cdi_name(device)) {
      cdi.device_ids.push_back(device.source);
    } else {
      spec.devices.push_back({device.source, device.target, device.permissions});
    }
  }
  if (!cdi.device_ids.empty()) spec.device_requests.push_back(cdi);
  for (const auto& gpu : service.gpus) {
    spec.device_requests.push_back(request(gpu));
    spec.device_requests.back().capabilities[0].push_back("gpu");
  }
  spec.device_cgroup_rules = service.device_cgroup_rules;
}

}  // namespace

void fill_resources(const Service& service, engine::ContainerSpec& spec) {
  fill_limits(service, spec);
  fill_cpu(service, spec);
  fill_blkio(service, spec);
  fill_devices(service, spec);
  spec.cgroup_parent = service.cgroup_parent;
  spec.sysctls = service.sysctls;
  spec.storage_opt = service.storage_opt;
  for (const auto& [name, limit] : service.ulimits) spec.ulimits.push_back({name, limit.soft, limit.hard});
}

}  // namespace crstack::plan
