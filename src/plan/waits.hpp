// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "plan_builder.hpp"

namespace crstack::plan {

/// What a dependency waits for whose condition is more than `started`.
WaitFor awaited(project::Condition condition);

/// A wait for a service's containers. One that only the engine may probe is so whatever the policy.
WaitForCondition wait_for(const project::Service& service, WaitFor condition,
                          std::vector<ContainerRef> containers, ProbePolicy policy);

/// The waits of a plan: each is a step of its own, shared by all who wait for the same. Refers to the
/// builder.
class Waits {
 public:
  enum class Met { not_yet, already };  ///< what the list of containers says of the condition

  explicit Waits(PlanBuilder& builder) : builder_(builder) {}
  /// The steps that whoever waits comes after. None where there is nothing to wait for, or where the
  /// condition is met already, which the plan then tells.
  const Steps& add(WaitForCondition wait, const Steps& after, Met met,
                   const std::string& cause = "others wait for it");
  /// Whether there has been a wait for more than that the service runs, with a failure of it being an error.
  [[nodiscard]] bool has_condition_of(const std::string& service) const;

 private:
  PlanBuilder& builder_;
  std::map<std::tuple<std::string, WaitFor, bool>, Steps>
      waits_;  ///< by service, condition, whether required
};

}  // namespace crstack::plan
