// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace crstack::engine {

/// A helper program's streams; -1 leaves the standard one of this process.
struct ProcessStreams {
  int in = -1, out = -1, err = -1;
};

/// Whether a program is sent what this one blocks, such as Ctrl-C: `ssh` outlives it, to stop a stack
/// through.
enum class StopSignals { as_here, delivered };

/// Starts a program found in PATH; -1 where it can't be started. The caller reaps it.
pid_t spawn(const std::vector<std::string>& command, const ProcessStreams& streams,
            StopSignals signals = StopSignals::as_here);

struct ProcessResult {
  int exit_code = 127;  ///< 127: there is no such program
  std::string out;
};

/// Runs a program to its end, feeding it `input` and taking its standard output; its errors are dropped.
ProcessResult run_process(const std::vector<std::string>& command, const std::string& input);

}  // namespace crstack::engine
