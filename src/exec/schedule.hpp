// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "crstack/exec/executor.hpp"
#include "crstack/plan/plan.hpp"

namespace crstack::exec {

/// What limits how many steps run at once: creations, removals and starts are bound by the engine's CPU,
/// other calls mostly wait; stops and gates only wait, and hold no thread meanwhile.
enum class StepClass { call, create, start, stop, remove, gate };
inline constexpr std::size_t step_classes = 6;
StepClass class_of(const plan::Action& action);

/// Which steps may run now, the one that the longest chain hangs on first. Pure; cost per step is constant
/// but for a logarithm.
class Schedule {
 public:
  /// The plan must outlive the schedule.
  Schedule(const plan::Plan& plan, const StepWeights& weights);

  /// The most urgent ready step of a class that has room, or nothing. It counts as running from now on.
  /// `room` says how many more of a class may run. A start leaves room to more urgent ones whose containers
  /// are just being created: that takes little, and a start holds its place for long.
  std::optional<plan::StepId> next(const std::function<std::size_t(StepClass)>& room);
  /// A running step is over: the steps that it held back and nothing else does become ready; they are
  /// returned.
  std::vector<plan::StepId> finished(plan::StepId step);
  /// A step failed, or was dropped: it and all that hang on it will never run. Returns those others.
  std::vector<plan::StepId> drop(plan::StepId step);

  [[nodiscard]] const std::set<plan::StepId>& running() const { return running_; }
  [[nodiscard]] std::size_t left() const { return left_; }  ///< neither finished nor dropped
  [[nodiscard]] Duration remaining_path(plan::StepId step) const { return paths_.at(step - 1); }

 private:
  using Entry = std::pair<Duration, plan::StepId>;
  struct Longest {
    bool operator()(const Entry& left, const Entry& right) const {
      return left.first != right.first ? left.first > right.first : left.second < right.second;
    }
  };

  void add_ready(plan::StepId step);
  void begin(plan::StepId step);
  void end(plan::StepId step);
  [[nodiscard]] bool leaves_room(const Entry& start, std::size_t room) const;

  const plan::Plan& plan_;
  std::vector<std::vector<plan::StepId>> dependents_;
  std::vector<std::size_t> waits_for_;
  std::vector<Duration> paths_;
  std::vector<bool> dropped_;
  std::array<std::set<Entry, Longest>, step_classes> ready_;  ///< by class: none of them is searched through
  std::vector<std::size_t> being_created_;  ///< by start: how many of its dependencies are creations that run
  std::set<Entry, Longest> imminent_;       ///< starts that wait for nothing but creations that run
  std::set<plan::StepId> running_;
  std::size_t left_;
};

/// How long a step takes where no earlier run says (measured on a small machine; only ratios matter).
Duration default_weight(const plan::Action& action);

}  // namespace crstack::exec
