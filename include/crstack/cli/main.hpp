// SPDX-License-Identifier: MIT
#pragma once

namespace crstack::cli {

/// Runs the program: reads the command line, runs the command, prints any error on standard error.
/// Returns the process's exit code. Never throws.
int run(int argc, char** argv);

}  // namespace crstack::cli
