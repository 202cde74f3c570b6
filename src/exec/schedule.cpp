// SPDX-License-Identifier: MIT
#include "schedule.hpp"

#include <algorithm>

namespace crstack::exec {

namespace {

using namespace std::chrono_literals;

struct DefaultWeight {
  Duration operator()(const plan::PullImage&) const { return 10s; }
  Duration operator()(const plan::BuildImage&) const { return 20s; }
  Duration operator()(const plan::CreateNetwork&) const { return 110ms; }
  Duration operator()(const plan::StartContainer&) const { return 500ms; }
  Duration operator()(const plan::StopContainer&) const { return 1s; }
  Duration operator()(const plan::RestartContainer&) const { return 1500ms; }
  Duration operator()(const plan::WaitForCondition&) const { return 2s; }
  Duration operator()(const plan::RunProvider&) const { return 5s; }
  Duration operator()(const plan::RunHook&) const { return 200ms; }
  template <typename Other>
  Duration operator()(const Other&) const {
    return 20ms;
  }
};

struct ClassOf {
  StepClass operator()(const plan::CreateContainer&) const { return StepClass::create; }
  StepClass operator()(const plan::StartContainer&) const { return StepClass::start; }
  StepClass operator()(const plan::StopContainer&) const { return StepClass::stop; }
  StepClass operator()(const plan::RestartContainer&) const { return StepClass::stop; }
  StepClass operator()(const plan::RemoveContainer&) const { return StepClass::remove; }
  StepClass operator()(const plan::WaitForCondition&) const { return StepClass::gate; }
  template <typename Other>
  StepClass operator()(const Other&) const {
    return StepClass::call;
  }
};

}  // namespace

Duration default_weight(const plan::Action& action) {
  return std::visit(DefaultWeight{}, action);
}

StepClass class_of(const plan::Action& action) {
  return std::visit(ClassOf{}, action);
}

Schedule::Schedule(const plan::Plan& plan, const StepWeights& weights)
    : plan_(plan),
      dependents_(plan.steps.size()),
      waits_for_(plan.steps.size()),
      paths_(plan.steps.size()),
      dropped_(plan.steps.size()),
      being_created_(plan.steps.size()),
      left_(plan.steps.size()) {
  for (const auto& step : plan.steps) {
    waits_for_[step.id - 1] = step.depends_on.size();
    for (const auto dependency : step.depends_on) dependents_[dependency - 1].push_back(step.id);
  }
  for (auto step = plan.steps.rbegin(); step != plan.steps.rend(); ++step) {
    const auto known = weights.empty() ? weights.end() : weights.find(plan::to_string(step->action));
    Duration longest{};
    for (const auto dependent : dependents_[step->id - 1]) longest = std::max(longest, paths_[dependent - 1]);
    paths_[step->id - 1] = longest + (known == weights.end() ? default_weight(step->action) : known->second);
  }
  for (const auto& step : plan.steps) {
    if (step.depends_on.empty()) add_ready(step.id);
  }
}

void Schedule::add_ready(plan::StepId step) {
  const auto kind = static_cast<std::size_t>(class_of(plan_.steps[step - 1].action));
  ready_[kind].emplace(paths_[step - 1], step);
}

std::optional<plan::StepId> Schedule::next(const std::function<std::size_t(StepClass)>& room) {
  std::set<Entry, Longest>* most_urgent = nullptr;
  for (std::size_t kind = 0; kind < ready_.size(); ++kind) {
    auto& ready = ready_[kind];
    if (ready.empty()) continue;
    const auto places = room(static_cast<StepClass>(kind));
    const bool is_start = static_cast<StepClass>(kind) == StepClass::start;
    if (places == 0 || (is_start && !leaves_room(*ready.begin(), places))) continue;
    if (most_urgent == nullptr || Longest{}(*ready.begin(), *most_urgent->begin())) most_urgent = &ready;
  }
  if (most_urgent == nullptr) return std::nullopt;
  const auto id = most_urgent->begin()->second;
  most_urgent->erase(most_urgent->begin());
  begin(id);
  return id;
}

/// Whether there is a place for a start besides those that more urgent ones are about to take.
bool Schedule::leaves_room(const Entry& start, std::size_t room) const {
  for (const auto& other : imminent_) {
    if (!Longest{}(other, start)) break;
    if (--room == 0) return false;
  }
  return true;
}

void Schedule::begin(plan::StepId step) {
  running_.insert(step);
  if (class_of(plan_.steps[step - 1].action) != StepClass::create) return;
  for (const auto dependent : dependents_[step - 1]) {
    if (class_of(plan_.steps[dependent - 1].action) != StepClass::start) continue;
    const bool waits_for_nothing_else = ++being_created_[dependent - 1] == waits_for_[dependent - 1];
    if (waits_for_nothing_else && !dropped_[dependent - 1])
      imminent_.emplace(paths_[dependent - 1], dependent);
  }
}

/// A step runs no more, whatever the reason: what hangs on it is not imminent by it.
void Schedule::end(plan::StepId step) {
  if (running_.erase(step) == 0) return;
  if (class_of(plan_.steps[step - 1].action) != StepClass::create) return;
  for (const auto dependent : dependents_[step - 1]) {
    if (class_of(plan_.steps[dependent - 1].action) != StepClass::start) continue;
    --being_created_[dependent - 1];
    imminent_.erase({paths_[dependent - 1], dependent});
  }
}

std::vector<plan::StepId> Schedule::finished(plan::StepId step) {
  end(step);
  --left_;
  std::vector<plan::StepId> freed;
  for (const auto dependent : dependents_[step - 1]) {
    const auto left = --waits_for_[dependent - 1];
    if (dropped_[dependent - 1]) continue;
    if (left != 0) {
      if (left == being_created_[dependent - 1]) imminent_.emplace(paths_[dependent - 1], dependent);
      continue;
    }
    add_ready(dependent);
    freed.push_back(dependent);
  }
  return freed;
}

std::vector<plan::StepId> Schedule::drop(plan::StepId step) {
  end(step);
  std::vector<plan::StepId> open{step}, others;
  while (!open.empty()) {
    const auto id = open.back();
    open.pop_back();
    if (dropped_[id - 1]) continue;
    dropped_[id - 1] = true;
    imminent_.erase({paths_[id - 1], id});
    --left_;
    if (id != step) others.push_back(id);
    open.insert(open.end(), dependents_[id - 1].begin(), dependents_[id - 1].end());
  }
  std::sort(others.begin(), others.end());
  return others;
}

}  // namespace crstack::exec
