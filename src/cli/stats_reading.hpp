// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/streams/wake.hpp"
#include "crstack/engine/engine.hpp"
#include "crstack/engine/json_lines.hpp"
#include "crstack/engine/stats.hpp"

namespace crstack::cli {

/// Reads the statistics of any number of containers, whose samples come once a second, in the thread of
/// `run`.
class StatsReading {
 public:
  using Take = std::function<void(const std::string& id, const engine::StatsSample& sample)>;
  StatsReading(engine::Engine& engine, Take take) : engine_(engine), take_(std::move(take)) {}

  /// Begins to read; nothing for one that is being read or that has gone. Thread-safe.
  void add(const std::string& id);
  /// Until a whole sample of each has come, or until stopped, also where there is nothing to read.
  enum class Until { sampled, stopped };
  void run(Until until, std::stop_token stop);

 private:
  struct Stream {
    std::unique_ptr<engine::Duplex> connection;
    engine::JsonLines lines;
    int samples = 0;
    bool done = false;
  };
  [[nodiscard]] std::vector<std::pair<std::string, Stream*>> open_streams();
  void read(const std::string& id, Stream& stream, std::vector<char>& buffer, Until until);

  engine::Engine& engine_;
  Take take_;
  Wake wake_;
  std::mutex mutex_;
  std::map<std::string, Stream> streams_;  ///< by container ID; `run` alone takes from it
};

}  // namespace crstack::cli
