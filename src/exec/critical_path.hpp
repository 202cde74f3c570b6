// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "crstack/exec/executor.hpp"

namespace crstack::exec {

/// The chain of steps that decided how long a run took, first to last: from the step that failed or, where
/// none did, ended last, back over the dependency that each of them waited for longest. Links that took no
/// time to speak of are left out. Marks the whole chain in `timings`.
std::vector<event::CriticalLink> critical_path(const plan::Plan& plan, std::vector<StepTiming>& timings,
                                               const std::set<plan::StepId>& done,
                                               std::optional<plan::StepId> failed);

}  // namespace crstack::exec
