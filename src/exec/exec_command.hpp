// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "crstack/engine/engine.hpp"

namespace crstack::exec {

struct CommandResult {
  std::optional<int> exit_code;  ///< nothing: it ran into the time limit
  std::string output;            ///< the end of what it wrote, stdout and stderr
};

/// Runs a command in a container and waits for its end, at most for `timeout`. Throws EngineError.
CommandResult run_command(engine::Execs& engine, const std::string& container, const engine::ExecSpec& spec,
                          std::optional<Duration> timeout, std::stop_token stop);

/// What a command ended with whose stream has ended. Throws EngineError where it still runs: the stream was
/// cut.
int exit_code_of(engine::Execs& engine, const std::string& exec);

}  // namespace crstack::exec
