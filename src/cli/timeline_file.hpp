// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "crstack/base/clock.hpp"
#include "crstack/exec/executor.hpp"

namespace crstack::cli {

/// `--timeline FILE`: all runs of one command, at their places in time, as one picture (see write_timeline).
class TimelineFile {
 public:
  /// Time counts from here. Throws Error where the file can't be written: before anything is done, that is.
  TimelineFile(std::string path, std::string title, const Clock& clock);
  /// Adds a run that has just ended, and writes the file. Throws Error.
  void add(const exec::RunResult& result);

 private:
  const std::string path_, title_;
  const Clock& clock_;
  const Clock::Instant begin_;
  std::vector<exec::StepTiming> steps_;
};

}  // namespace crstack::cli
