// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace crstack::engine {

/// A container's use of resources, as `docker stats` counts it.
struct StatsSample {
  double cpu_percent = 0;  ///< of one CPU: 200 is two of them
  bool compared = false;   ///< with the sample before, which is what the CPU's share needs
  std::int64_t memory_used = 0,
               memory_limit = 0;        ///< bytes; used: without what the page cache could give back
  std::int64_t received = 0, sent = 0;  ///< bytes, over all networks
  std::int64_t block_read = 0, block_written = 0;  ///< bytes
  std::int64_t processes = 0;
};

/// One object of `GET /containers/{id}/stats`. Throws EngineError{protocol} where it is no JSON.
StatsSample decode_stats(std::string_view json);

}  // namespace crstack::engine
