// SPDX-License-Identifier: MIT
#include "crstack/engine/artifact.hpp"

#include <catch2/catch_test_macros.hpp>

#include "crstack/base/error.hpp"
#include "crstack/engine/stats.hpp"

using namespace crstack;
using namespace crstack::engine;

TEST_CASE("registry references are taken apart", "[engine]") {
  const auto full = parse_registry_reference("localhost:5000/app/x:v1");
  CHECK((full.host == "localhost:5000" && full.repository == "app/x" && full.reference == "v1"));
  const auto hub = parse_registry_reference("busybox");
  CHECK((hub.host == "docker.io" && hub.repository == "library/busybox" && hub.reference == "latest"));
  const auto digest = "sha256:" + std::string(64, 'a');
  CHECK(parse_registry_reference("user/app@" + digest).reference == digest);
  for (const auto* wrong : {"", "App/x", "app/x:", "a/../b", "app x"})
    CHECK_THROWS_AS(parse_registry_reference(wrong), Error);
}

TEST_CASE("a sample of statistics is counted as docker stats counts it", "[engine]") {
  const auto sample = decode_stats(R"({
    "cpu_stats": {"cpu_usage": {"total_usage": 300}, "system_cpu_usage": 2000, "online_cpus": 2},
    "precpu_stats": {"cpu_usage": {"total_usage": 100}, "system_cpu_usage": 1000},
    "memory_stats": {"usage": 5000, "limit": 10000, "stats": {"inactive_file": 1000}},
    "pids_stats": {"current": 3},
    "networks": {"eth0": {"rx_bytes": 1, "tx_bytes": 2}, "eth1": {"rx_bytes": 10, "tx_bytes": 20}},
    "blkio_stats": {"io_service_bytes_recursive": [{"op": "Read", "value": 7}, {"op": "write", "value": 8}]}})");
  CHECK(sample.cpu_percent == 40);
  CHECK((sample.memory_used == 4000 && sample.memory_limit == 10000 && sample.processes == 3));
  CHECK((sample.received == 11 && sample.sent == 22 && sample.block_read == 7 && sample.block_written == 8));
}

TEST_CASE("a stopped container has empty statistics", "[engine]") {
  const auto sample =
      decode_stats(R"({"memory_stats": {}, "blkio_stats": {"io_service_bytes_recursive": null}})");
  CHECK((sample.cpu_percent == 0 && sample.memory_used == 0 && sample.processes == 0));
}
