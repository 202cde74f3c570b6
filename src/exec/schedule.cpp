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

}  // namespace

Duration default_weight(const plan::Action& action) {
  return std::visit(DefaultWeight{}, action);
}

StepClass class_of(const plan::Action& action) {
  if (std::holds_alternative<plan::WaitForCondition>(action)) return StepClass::gate;
  return std::holds_alternative<plan::StartContainer>(action) ? StepClass::start : StepClass::call;
}

Schedule::Schedule(const plan::Plan& plan, const StepWeights& weights)
    : plan_(plan),
      dependents_(plan.steps.size()),
      waits_for_(plan.steps.size()),
      paths_(plan.steps.size()),
      dropped_(plan.steps.size()),
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

std::optional<plan::StepId> Schedule::next(const std::function<bool(StepClass)>& allowed) {
  std::set<Entry, Longest>* most_urgent = nullptr;
  for (std::size_t kind = 0; kind < ready_.size(); ++kind) {
    if (ready_[kind].empty() || !allowed(static_cast<StepClass>(kind))) continue;
    if (most_urgent == nullptr || Longest{}(*ready_[kind].begin(), *most_urgent->begin())) {
      most_urgent = &ready_[kind];
    }
  }
  if (most_urgent == nullptr) return std::nullopt;
  const auto id = most_urgent->begin()->second;
  most_urgent->erase(most_urgent->begin());
  running_.insert(id);
  return id;
}

std::vector<plan::StepId> Schedule::finished(plan::StepId step) {
  running_.erase(step);
  --left_;
  std::vector<plan::StepId> freed;
  for (const auto dependent : dependents_[step - 1]) {
    if (--waits_for_[dependent - 1] != 0 || dropped_[dependent - 1]) continue;
    add_ready(dependent);
    freed.push_back(dependent);
  }
  return freed;
}

std::vector<plan::StepId> Schedule::drop(plan::StepId step) {
  running_.erase(step);
  std::vector<plan::StepId> open{step}, others;
  while (!open.empty()) {
    const auto id = open.back();
    open.pop_back();
    if (dropped_[id - 1]) continue;
    dropped_[id - 1] = true;
    --left_;
    if (id != step) others.push_back(id);
    open.insert(open.end(), dependents_[id - 1].begin(), dependents_[id - 1].end());
  }
  std::sort(others.begin(), others.end());
  return others;
}

}  // namespace crstack::exec
