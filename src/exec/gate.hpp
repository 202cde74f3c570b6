// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crstack/engine/types.hpp"
#include "crstack/plan/plan.hpp"

namespace crstack::exec {

/// Decides when one container has reached a condition. Pure: is told what the engine says and what crstack's
/// own probe found, and answers with a state. Once open or failed it stays so.
class Gate {
 public:
  enum class State { waiting, open, failed };
  enum class Failure { none, exited, out_of_memory, crash_loop, unhealthy, no_health_check, removed };

  explicit Gate(plan::WaitFor condition) : condition_(condition) {}

  /// An inspection: the first tells what the container is like; later ones resynchronise.
  State feed(const engine::ContainerDetails& details);
  /// Events that come before the first inspection are kept until then; those of an earlier run are ignored.
  State feed(const engine::EngineEvent& event);
  /// crstack's own probe succeeded.
  State probe_succeeded();
  /// The engine doesn't run the health command (a Podman without systemd), and crstack's own probes have
  /// failed for as long as an engine would have taken to call the container unhealthy.
  State engine_is_silent();
  /// A container without a health check has run for long enough to count as running.
  State settled();
  /// Nobody has started again what was stopped from elsewhere (end number `end`), though there was time to.
  State stays_ended(int end);

  [[nodiscard]] plan::WaitFor condition() const { return condition_; }
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] Failure failure() const { return failure_; }
  [[nodiscard]] std::optional<int> exit_code() const { return exit_code_; }
  [[nodiscard]] bool inspected() const { return inspected_; }
  /// Whether the container's own health command decides; only then is there something to probe.
  [[nodiscard]] bool has_health_check() const { return has_health_check_; }
  /// Whether the gate waits only for `settled`.
  [[nodiscard]] bool settling() const;
  /// The number of the end that a signal from elsewhere brought, while it may be one half of a restart; else
  /// 0.
  [[nodiscard]] int open_end() const { return stopped_ ? ends_ : 0; }
  [[nodiscard]] bool ended() const { return ended_; }  ///< open because it ended well

 private:
  State died(int code, bool out_of_memory, engine::WallTime when);
  void started();
  State health(engine::Health health);
  State open();
  State open_ended();
  State fail(Failure failure, std::optional<int> code = std::nullopt);
  [[nodiscard]] bool comes_back(int code) const;
  [[nodiscard]] bool ends_well(int code) const;
  State apply(const engine::EngineEvent& event);

  plan::WaitFor condition_;
  State state_ = State::waiting;
  Failure failure_ = Failure::none;
  std::optional<int> exit_code_;
  bool inspected_ = false, has_health_check_ = false, running_ = false, out_of_memory_ = false,
       ended_ = false;
  bool down_ = false;           ///< the end of the newest run is known
  bool signalled_ = false;      ///< from elsewhere, in this run
  std::optional<int> stopped_;  ///< the code of an end that may be one half of a restart
  int ends_ = 0;                ///< that signals from elsewhere brought
  engine::RestartPolicySpec restart_;
  engine::WallTime started_at_, ended_at_;
  int deaths_ = 0;  ///< that the engine has followed with a restart, or will
  std::vector<engine::EngineEvent> early_;
};

}  // namespace crstack::exec
