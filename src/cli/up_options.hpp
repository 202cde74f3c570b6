// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/context.hpp"
#include "crstack/plan/planners.hpp"

namespace crstack::cli {

/// `service=3` each. Throws UsageError for anything else.
std::map<std::string, int> read_scales(const std::vector<std::string>& words);

/// What `up`, `create` and `run` have in common, from their flags. Throws UsageError for flags that
/// contradict each other.
plan::UpOptions up_options_of(const Context& context, const Arguments& arguments);

/// A pull policy as `--pull` takes it: `policy` (the services' own) reads as empty.
std::string pull_policy_of(const Arguments& arguments);

/// Refuses two flags that exclude each other.
void refuse_both(const Arguments& arguments, std::string_view one, std::string_view other);

}  // namespace crstack::cli
