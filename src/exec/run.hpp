// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <exception>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "answer_watch.hpp"
#include "crstack/exec/executor.hpp"
#include "event_stream.hpp"
#include "gate_keeper.hpp"
#include "loop.hpp"
#include "schedule.hpp"
#include "step_runner.hpp"
#include "worker_pool.hpp"

namespace crstack::exec {

/// One run of one plan: everything in it happens on the thread that calls `run`, but for the steps' engine
/// calls.
class Run {
 public:
  Run(engine::Engine& engine, event::EventSink& sink, const Clock& clock, const ExecutorOptions& options,
      const plan::Plan& plan);
  RunResult run(const std::stop_token& stop);

 private:
  using Outcome = RunResult::Outcome;

  void announce();
  void prepared(const plan::Step& step);
  void open_events();
  void pump();
  [[nodiscard]] std::size_t room(StepClass kind) const;
  void start(const plan::Step& step);
  void began(plan::StepId id, const std::shared_ptr<engine::PendingCall>& call);
  void answered(plan::StepId id);
  void start_gate(const plan::Step& step, plan::WaitForCondition gate);
  void ended(plan::StepId id, const std::exception_ptr& error,
             StepRunner::Ending ending = StepRunner::Ending::as_planned);
  void succeeded(plan::StepId id, StepRunner::Ending ending = StepRunner::Ending::as_planned);
  [[nodiscard]] plan::StepId at_fault(plan::StepId id, const Error& problem) const;
  void failed(plan::StepId id, event::FailureReport report);
  void gate_failed(plan::StepId id, const Watched& watched);
  void timed_out(Duration limit);
  void halt(Outcome outcome);
  [[nodiscard]] bool over() const;
  [[nodiscard]] const plan::Step& step(plan::StepId id) const { return plan_.steps[id - 1]; }
  [[nodiscard]] Duration elapsed() const { return clock_.steady_now() - began_; }
  [[nodiscard]] std::vector<std::string> services_left() const;
  [[nodiscard]] bool lacks_image() const;
  void take_back();
  void finish(RunResult& result);

  engine::Engine& engine_;
  event::EventSink& sink_;
  const Clock& clock_;
  const ExecutorOptions& options_;
  const plan::Plan& plan_;
  Clock::Instant began_;

  Loop loop_;
  Schedule schedule_;
  StepRunner runner_;
  std::stop_source abort_;
  bool needs_events_ = false, events_open_ = false, halted_ = false;
  Outcome outcome_ = Outcome::done;
  std::array<std::size_t, step_classes> under_way_{};                     ///< threads that do steps, by class
  std::map<plan::StepId, std::shared_ptr<engine::PendingCall>> pending_;  ///< stops that nobody does any more
  std::vector<StepTiming> timings_;                                       ///< by step
  std::set<plan::StepId> done_;
  std::size_t unprepared_;       ///< steps besides starts, hooks and waits that are left
  std::set<plan::StepId> made_;  ///< those done, but for what was found there
  std::optional<plan::StepId> first_failed_;
  GateKeeper gates_;
  AnswerWatch answers_;
  WorkerPool pool_;  ///< after what its jobs use, so that it ends first
  std::unique_ptr<EventStream> events_;
};

}  // namespace crstack::exec
