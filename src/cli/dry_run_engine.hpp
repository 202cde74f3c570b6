// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "crstack/engine/engine.hpp"

namespace crstack::cli {

/// An engine that passes on what only reads and refuses, with an Error that names the call, everything that
/// would change something: whatever a planner or executor does wrong, `--dry-run` sends no changing request.
/// `inner` must outlive it.
std::unique_ptr<engine::Engine> make_dry_run_engine(engine::Engine& inner);

}  // namespace crstack::cli
