// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command_line/arguments.hpp"
#include "cli/foreground/exit_watch.hpp"
#include "crstack/plan/observed_state.hpp"
#include "crstack/project/project.hpp"

namespace crstack::cli {

/// Which exit ends an `up` in the foreground, as its options ask for (`--abort-on-container-exit`,
/// `--abort-on-container-failure`, `--exit-code-from`). Listens from its construction; the state may change
/// meanwhile.
class DecidingExit {
 public:
  DecidingExit(engine::Engine& engine, const Arguments& arguments, const project::Project& project,
               const plan::ObservedState& state);

  /// The exit that ends everything, where one is asked for: of one of these services. One that others waited
  /// for does so only by failing, but is the one whose code counts. Nothing once `stop` is stopped.
  std::optional<Exit> first(const std::vector<std::string>& decisive, const std::stop_token& stop);
  /// The same among what has ended by now: the logs may end before the event that ended them is here.
  std::optional<Exit> first_by_now(const std::vector<std::string>& decisive);
  /// What a service's first container ended with, if it has.
  std::optional<int> code_of(const std::string& service);

 private:
  [[nodiscard]] bool is_awaited_to_end(const std::string& service) const;

  engine::Engine& engine_;
  const project::Project& project_;
  const plan::ObservedState& state_;
  const bool only_failures_, any_;
  ExitWatch watch_;
};

}  // namespace crstack::cli
