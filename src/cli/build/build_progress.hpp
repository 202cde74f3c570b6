// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "crstack/engine/types.hpp"

namespace crstack::cli {

/// Writes what BuildKit tells of several builds at once as buildx's plain progress does: each step has a
/// number and says whose it is, `#5 [web 2/3] RUN make`, `#5 0.361 output`, `#5 DONE 0.4s`. Thread-safe.
class BuildProgress {
 public:
  using Line = std::function<void(const std::string&)>;
  void take(const std::string& service, const engine::BuildTrace& trace, const Line& line);

 private:
  struct Step {
    int number = 0;  ///< 0: not shown yet
    std::string name, output;
    std::map<std::string, bool> tasks;  ///< those that were shown, and whether as completed
    std::int64_t started = 0;
    bool ended = false;
  };
  void show(Step& step, const Line& line);
  void take_end(Step& step, const engine::BuildTrace::Vertex& vertex, const Line& line);
  void take_task(Step& step, const engine::BuildTrace::Task& task, const Line& line);
  void take_output(Step& step, const engine::BuildTrace::Output& output, const Line& line);

  std::mutex mutex_;
  std::map<std::string, Step> steps_;  ///< by service and digest
  int last_number_ = 0, shown_ = 0;
};

}  // namespace crstack::cli
