// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "crstack/event/event.hpp"
#include "crstack/plan/plan.hpp"
#include "exec_command.hpp"
#include "gate.hpp"
#include "loop.hpp"
#include "worker_pool.hpp"

namespace crstack::exec {

/// A container that somebody waits for.
struct Watched {
  plan::StepId step = 0;
  plan::ContainerRef container;  ///< with its ID
  Gate gate;
  plan::ProbePolicy policy = plan::ProbePolicy::own;
  engine::ContainerDetails details{};  ///< of the newest inspection
  Clock::Instant since;
  bool probing = false;
  bool agreed = false;      ///< the engine has had its time to agree with the own probe
  bool doubted = false;     ///< the engine is being asked whether it probes at all
  Clock::Instant heard{};   ///< when it told of a new probe, or the wait began
  std::stop_source stop{};  ///< of its probes, once it is decided
  std::string note{};       ///< for the timeline: what opened the gate, where that is worth telling
  std::optional<engine::HealthProbe> own_probe{};  ///< the newest of crstack's own that came to an end
  int awaited = 0;  ///< the end that may be one half of a restart, once a timer runs for it
  int overdue = 0;  ///< the same, once its time is over and the engine is asked
};

/// Holds the gates that are neither open nor failed, feeds them, and runs crstack's own probes for them.
/// Lives on the loop's thread; only engine calls are made by the pools' threads.
class GateKeeper {
 public:
  struct Callbacks {
    std::function<void(plan::StepId, const std::string& note)> opened;
    std::function<void(plan::StepId, const Watched&)> failed;
    std::function<void(plan::StepId, const std::string&)> broken;  ///< the engine did not answer
  };
  GateKeeper(engine::Engine& engine, event::EventSink& sink, const Clock& clock, Loop& loop, WorkerPool& pool,
             Callbacks callbacks)
      : engine_(engine),
        sink_(sink),
        clock_(clock),
        loop_(loop),
        pool_(pool),
        callbacks_(std::move(callbacks)),
        probes_(probes_at_once) {}

  /// Starts to wait. Each container of the gate carries its ID.
  void wait(plan::StepId step, const plan::WaitForCondition& gate);
  void feed(const engine::EngineEvent& event);
  void resynchronise();  ///< asks for what may have been missed
  void close();          ///< no gate opens or fails any more; probes end
  [[nodiscard]] bool waiting() const { return !watched_.empty(); }
  /// What is waited for, in the order of the names.
  [[nodiscard]] std::vector<std::shared_ptr<Watched>> watched() const;

 private:
  /// Probes that hang hold a thread each until their gate is decided; these can't keep steps from theirs.
  /// Where all hang, the engine's events still open the gates.
  static constexpr std::size_t probes_at_once = 16;

  void inspect(const std::shared_ptr<Watched>& watched);
  void inspected(const std::shared_ptr<Watched>& watched, const engine::ContainerDetails& details);
  void probe(const std::shared_ptr<Watched>& watched);
  void probed(const std::shared_ptr<Watched>& watched, const CommandResult& result, Duration took);
  bool succeeded(const std::shared_ptr<Watched>& watched);
  void await_restart(const std::shared_ptr<Watched>& watched);
  void settle(const std::shared_ptr<Watched>& watched);
  void judge(const std::shared_ptr<Watched>& watched);
  [[nodiscard]] bool is_watched(const std::shared_ptr<Watched>& watched) const;

  engine::Engine& engine_;
  event::EventSink& sink_;
  const Clock& clock_;
  Loop& loop_;
  WorkerPool& pool_;  ///< for inspections
  const Callbacks callbacks_;
  std::multimap<std::string, std::shared_ptr<Watched>> watched_;  ///< by container ID
  std::map<plan::StepId, std::size_t> closed_;  ///< how many containers a gate still waits for
  WorkerPool probes_;                           ///< last: ends before what its jobs use
};

}  // namespace crstack::exec
