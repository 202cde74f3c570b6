// SPDX-License-Identifier: MIT
#include "critical_path.hpp"

#include <algorithm>

namespace crstack::exec {

namespace {

constexpr auto negligible = std::chrono::milliseconds(50);  ///< shown as 0.0 or 0.1 s

struct Words {
  std::string operator()(const plan::PullImage& step) const { return step.image + " pulled"; }
  std::string operator()(const plan::BuildImage& step) const { return step.image + " built"; }
  std::string operator()(const plan::CreateNetwork& step) const { return step.spec.name + " created"; }
  std::string operator()(const plan::CreateVolume& step) const { return step.spec.name + " created"; }
  std::string operator()(const plan::CreateContainer& step) const {
    return step.container.service + " created";
  }
  std::string operator()(const plan::StartContainer& step) const {
    return step.container.service + " started";
  }
  std::string operator()(const plan::StopContainer& step) const {
    return step.container.service + " stopped";
  }
  std::string operator()(const plan::RemoveContainer& step) const {
    return step.container.service + " removed";
  }
  std::string operator()(const plan::RenameContainer& step) const {
    return step.container.service + " renamed";
  }
  std::string operator()(const plan::RemoveNetwork& step) const { return step.name + " removed"; }
  std::string operator()(const plan::RemoveVolume& step) const { return step.name + " removed"; }
  std::string operator()(const plan::WaitForCondition& step) const {
    const bool completed = step.condition == plan::WaitFor::completed_successfully;
    return step.service + (completed ? " completed" : " healthy");
  }
  template <typename Other>
  std::string operator()(const Other& step) const {
    return plan::to_string(plan::Action(step));
  }
};

/// `db not healthy` for `db healthy`.
std::string negated(const std::string& words) {
  const auto last = words.rfind(' ');
  return words.substr(0, last) + " not" + (last == std::string::npos ? "" : words.substr(last));
}

}  // namespace

std::vector<event::CriticalLink> critical_path(const plan::Plan& plan, std::vector<StepTiming>& timings,
                                               const std::set<plan::StepId>& done,
                                               std::optional<plan::StepId> failed) {
  const auto earlier = [&](plan::StepId left, plan::StepId right) {
    return timings[left - 1].end < timings[right - 1].end;
  };
  std::vector<event::CriticalLink> path;
  const auto last = std::max_element(done.begin(), done.end(), earlier);
  for (plan::StepId at = failed ? *failed : last == done.end() ? 0 : *last; at != 0;) {
    const auto& step = plan.steps[at - 1];
    auto& timing = timings[at - 1];
    timing.critical = true;
    const auto before = std::max_element(step.depends_on.begin(), step.depends_on.end(), earlier);
    const bool first = before == step.depends_on.end();
    const Duration took = timing.end - (first ? Duration{} : timings[*before - 1].end);
    const std::string words = std::visit(Words{}, step.action);
    if (took >= negligible) path.push_back({failed == at ? negated(words) : words, took});
    at = first ? 0 : *before;
  }
  std::reverse(path.begin(), path.end());
  return path;
}

}  // namespace crstack::exec
