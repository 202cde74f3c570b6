// SPDX-License-Identifier: MIT
#include "cli/timeline_file.hpp"

#include "cli/timeline_of.hpp"

namespace crstack::cli {

TimelineFile::TimelineFile(std::string path, std::string title, const Clock& clock)
    : path_(std::move(path)), title_(std::move(title)), clock_(clock), begin_(clock.steady_now()) {
  write();
}

void TimelineFile::add(const exec::RunResult& result) {
  const Duration offset = clock_.steady_now() - begin_ - result.took;
  for (auto step : result.timeline) {
    step.ready += offset;
    step.start += offset;
    step.end += offset;
    steps_.push_back(std::move(step));
  }
}

void TimelineFile::write() const {
  if (!path_.empty()) write_timeline(path_, timeline_of(title_, steps_));
}

}  // namespace crstack::cli
