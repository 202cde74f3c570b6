// SPDX-License-Identifier: MIT
#include "crstack/engine/stats.hpp"
#include "engine/json.hpp"

namespace crstack::engine {
namespace {

using json::Json;

double cpu_percent(const Json& now, const Json& before) {
  const auto used = [](const Json& stats) {
    return json::number(json::at(stats, "cpu_usage"), "total_usage");
  };
  const auto mine = static_cast<double>(used(now) - used(before));
  const auto all =
      static_cast<double>(json::number(now, "system_cpu_usage") - json::number(before, "system_cpu_usage"));
  auto cpus = static_cast<double>(json::number(now, "online_cpus"));
  if (cpus == 0) cpus = static_cast<double>(json::at(json::at(now, "cpu_usage"), "percpu_usage").size());
  return mine > 0 && all > 0 ? mine / all * cpus * 100 : 0;
}

// The inactive part of the page cache doesn't count; cgroup v1 and v2 name it differently.
std::int64_t memory_used(const Json& memory) {
  const auto usage = json::number(memory, "usage");
  const auto& stats = json::at(memory, "stats");
  for (const auto* key : {"total_inactive_file", "inactive_file"})
    if (const auto inactive = json::number(stats, key); inactive > 0 && inactive < usage)
      return usage - inactive;
  return usage;
}

}  // namespace

StatsSample decode_stats(std::string_view text) {
  const auto stats = json::parse(text);
  StatsSample sample;
  sample.cpu_percent = cpu_percent(json::at(stats, "cpu_stats"), json::at(stats, "precpu_stats"));
  sample.compared = json::number(json::at(stats, "precpu_stats"), "system_cpu_usage") > 0;
  sample.memory_used = memory_used(json::at(stats, "memory_stats"));
  sample.memory_limit = json::number(json::at(stats, "memory_stats"), "limit");
  sample.processes = json::number(json::at(stats, "pids_stats"), "current");
  for (const auto& network : json::at(stats, "networks")) {
    sample.received += json::number(network, "rx_bytes");
    sample.sent += json::number(network, "tx_bytes");
  }
  for (const auto& entry : json::at(json::at(stats, "blkio_stats"), "io_service_bytes_recursive")) {
    const auto operation = json::text(entry, "op");
    auto* sum = operation.empty()                            ? nullptr
                : operation[0] == 'R' || operation[0] == 'r' ? &sample.block_read
                : operation[0] == 'W' || operation[0] == 'w' ? &sample.block_written
                                                             : nullptr;
    if (sum != nullptr) *sum += json::number(entry, "value");
  }
  return sample;
}

}  // namespace crstack::engine
