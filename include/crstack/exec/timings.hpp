// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include "crstack/exec/executor.hpp"

namespace crstack::exec {

/// Where a project's last run is kept: `$XDG_CACHE_HOME/crstack/timings/<project>` (or under `~/.cache`);
/// empty where there is no home.
std::string timings_path(const std::string& project, const std::map<std::string, std::string>& environment);

/// The last run's timeline; empty where there is none or it is damaged.
std::vector<StepTiming> load_timings(const std::string& path);
/// Keeps a run, atomically. Failing to is no error: it costs only speed.
void save_timings(const std::string& path, const std::vector<StepTiming>& timeline);
/// A run's durations by step text, for the schedule.
StepWeights weights_of(const std::vector<StepTiming>& timeline);

}  // namespace crstack::exec
