// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include "crstack/base/environment.hpp"
#include "crstack/exec/executor.hpp"

namespace crstack::exec {

/// Where a project's last run is kept: `$XDG_CACHE_HOME/crstack/timings/<project>` (or under `~/.cache`);
/// empty where there is no home.
std::string timings_path(const std::string& project, const Environment& environment);

struct Timings {
  std::vector<StepTiming> timeline;  ///< of the last run
  StepWeights weights;               ///< of its steps, and of those of earlier runs that it did not have
};
/// Empty where there are none or the file is damaged.
Timings load_timings(const std::string& path);
/// Keeps a run, atomically; `earlier` is what was known before it. Failing to is no error: it costs only
/// speed.
void save_timings(const std::string& path, const std::vector<StepTiming>& timeline,
                  const StepWeights& earlier = {});

}  // namespace crstack::exec
