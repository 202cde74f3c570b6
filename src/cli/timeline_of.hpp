// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "crstack/event/timeline.hpp"
#include "crstack/exec/executor.hpp"

namespace crstack::cli {

/// A run's steps as a timeline: one line for each container (by its service), network, volume and secret.
/// Where no step is marked critical, the chain is found from the times: what ended when the next step became
/// ready.
event::Timeline timeline_of(const std::string& title, const std::vector<exec::StepTiming>& steps);

/// Writes the timeline in the form that the file's name asks for (`.svg`, `.json`, else HTML). Throws Error.
void write_timeline(const std::string& path, const event::Timeline& timeline);

}  // namespace crstack::cli
