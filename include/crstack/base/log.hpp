// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace crstack {

/// Turns the diagnostics of `--debug` on: lines with a time on standard error. Off until then, and then free
/// of cost. Call once, before any other thread runs.
void enable_debug_log();

/// One line of diagnostics. Thread-safe. Nothing in it may be a secret: paths yes, bodies and queries no.
void debug_log(const std::string& line);

}  // namespace crstack
