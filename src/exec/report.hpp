// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "crstack/engine/engine.hpp"
#include "crstack/event/event.hpp"
#include "gate_keeper.hpp"

namespace crstack::exec {

/// What an exit code means, in words; empty for one that only the program itself knows.
std::string meaning_of(int exit_code);

/// A failed pull as a line of progress has it: a warning where the image can be built, and without who says
/// so.
event::Progress pull_failure(const event::Subject& subject, const plan::PullImage& pull, std::string what);

/// Why a container that somebody waited for will not be ready. Asks the engine for its last probes and log
/// lines; what can't be had is left out.
event::FailureReport report_of(engine::Engine& engine, const Watched& watched);
/// What a gate still waits for, as the end of a sentence: `is not healthy`.
std::string unmet(const Gate& gate);

/// Why a step failed. `container` is the ID of the container it was about, or empty.
event::FailureReport report_of(engine::Engine& engine, const plan::Step& step, const std::string& container,
                               const Error& error);

}  // namespace crstack::exec
