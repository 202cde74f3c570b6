// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "crstack/base/clock.hpp"
#include "crstack/exec/executor.hpp"

namespace crstack::cli {

/// All runs of one command, at their places in time; `--timeline FILE`: as one picture (see write_timeline).
class TimelineFile {
 public:
  /// Time counts from here. An empty path: no picture. Throws Error where the file can't be written: before
  /// anything is done, that is.
  TimelineFile(std::string path, std::string title, const Clock& clock);
  /// Adds a run that has just ended.
  void add(const exec::RunResult& result);
  [[nodiscard]] const std::vector<exec::StepTiming>& steps() const { return steps_; }
  /// Throws Error.
  void write() const;

 private:
  const std::string path_, title_;
  const Clock& clock_;
  const Clock::Instant begin_;
  std::vector<exec::StepTiming> steps_;
};

}  // namespace crstack::cli
