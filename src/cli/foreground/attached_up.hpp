// SPDX-License-Identifier: MIT
#pragma once

#include "cli/run_plan.hpp"

namespace crstack::cli {

/// `up` in the foreground: creates, then starts and follows the containers' logs, and stops the stack when
/// the user asks (the first Ctrl-C stops, the second kills), when all containers have ended, or when one has
/// ended and the flags say that this is the end. Returns the exit code: 130 or 143 after a signal, a
/// container's own where the flags ask for it.
int attached_up(Context& context, const Arguments& arguments, Situation& situation,
                const plan::UpOptions& options, RunOptions run_options);

}  // namespace crstack::cli
