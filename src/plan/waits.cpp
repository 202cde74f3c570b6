// SPDX-License-Identifier: MIT
#include "waits.hpp"

#include <utility>

namespace crstack::plan {

WaitFor awaited(project::Condition condition) {
  return condition == project::Condition::healthy ? WaitFor::healthy : WaitFor::completed_successfully;
}

WaitForCondition wait_for(const project::Service& service, WaitFor condition,
                          std::vector<ContainerRef> containers, ProbePolicy policy) {
  WaitForCondition wait;
  wait.service = service.name;
  wait.condition = condition;
  wait.containers = std::move(containers);
  wait.probe = service.engine_probe_only ? ProbePolicy::engine_only : policy;
  return wait;
}

const Steps& Waits::add(WaitForCondition wait, const Steps& after, Met met, const std::string& cause) {
  const auto [entry, first] = waits_.try_emplace({wait.service, wait.condition, wait.required});
  auto& steps = entry->second;
  if (!first || wait.containers.empty()) return steps;
  if (met == Met::already) {
    for (const auto& ref : wait.containers) builder_.ready_already(container_subject(ref));
  } else {
    steps = {builder_.add(std::move(wait), after, cause)};
  }
  return steps;
}

bool Waits::has_condition_of(const std::string& service) const {
  return waits_.contains({service, WaitFor::healthy, true}) ||
         waits_.contains({service, WaitFor::completed_successfully, true});
}

}  // namespace crstack::plan
