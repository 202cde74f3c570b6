// SPDX-License-Identifier: MIT
#pragma once

#include "cli/run_plan.hpp"

namespace crstack::cli {

/// Runs the provider services that wait for no container (Compose Specification, `provider`) before anything
/// is decided: what they set is part of their dependents' environment and of its hash, so that another value
/// recreates a container. Notes in `options` whom that concerns. Nothing where there is none, nor with
/// `--dry-run`.
std::optional<exec::RunResult> provide_variables(Context& context, Situation& situation,
                                                 plan::UpOptions& options, const RunOptions& run_options);

}  // namespace crstack::cli
