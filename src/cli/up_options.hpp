// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/context.hpp"
#include "cli/timeline_file.hpp"
#include "crstack/plan/planners.hpp"

namespace crstack::cli {

/// Where a scale stands: errors read as docker compose's for it.
enum class ScaleForm { option, argument };

/// `service=3` each. Throws UsageError for anything else.
std::map<std::string, int> read_scales(const std::vector<std::string>& words, ScaleForm form);

/// What `up` and `create` have in common, from their flags. Throws UsageError for flags that contradict each
/// other. Leaves `orphans` alone: they may be decided by a .env that is read with the manifest (orphans_of).
plan::UpOptions up_options_of(const Context& context, const Arguments& arguments);

/// A pull policy as `--pull` takes it; empty where it is not given: the services' own.
std::string pull_policy_of(const Arguments& arguments);

/// `--probe engine` leaves readiness to the engine's own probes. Throws UsageError for another word.
plan::ProbePolicy probe_policy_of(const Arguments& arguments);

/// Of all that the command does, for `--timeline FILE` and for `crstack timeline`. Throws Error where the
/// file can't be written.
std::shared_ptr<TimelineFile> timeline_file_of(const Context& context, const Arguments& arguments,
                                               const std::string& title);

/// Refuses two flags that exclude each other.
void refuse_both(const Arguments& arguments, std::string_view one, std::string_view other);

}  // namespace crstack::cli
