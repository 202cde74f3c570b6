// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>
#include <deque>

#include "exec/schedule.hpp"

using namespace crstack;
using namespace std::chrono_literals;
using exec::Schedule;
using exec::StepClass;

namespace {

plan::Plan plan_of(std::vector<plan::Step> steps) {
  plan::Plan plan{"app", std::move(steps), {}, {}};
  for (std::size_t at = 0; at < plan.steps.size(); ++at)
    plan.steps[at].id = static_cast<plan::StepId>(at + 1);
  return plan;
}

plan::Step start(const std::string& name, std::vector<plan::StepId> after = {}) {
  return {0, plan::StartContainer{{name, name, name}}, std::move(after), "", {}};
}

std::size_t any(StepClass) {
  return 1000;
}

plan::Step create(const std::string& name) {
  return {0, plan::CreateContainer{{name, name, ""}, {}, "", {}}, {}, "", {}};
}

/// One start after the other.
std::string order(const plan::Plan& plan, const exec::StepWeights& weights) {
  Schedule schedule(plan, weights);
  std::string text;
  while (const auto id = schedule.next(any)) {
    text += (text.empty() ? "" : " ") + plan::service_of(plan.steps[*id - 1].action);
    schedule.finished(*id);
  }
  return text;
}

/// Chains of ten starts each with a gate between them, as many as `services` ask for.
plan::Plan chains(std::size_t services) {
  std::vector<plan::Step> steps;
  for (std::size_t service = 0; service < services; ++service) {
    std::vector<plan::StepId> after;
    if (service % 10 != 0) after = {static_cast<plan::StepId>(steps.size())};
    steps.push_back(start("s" + std::to_string(service), after));
    plan::WaitForCondition gate;
    gate.service = "s" + std::to_string(service);
    steps.push_back({0, gate, {static_cast<plan::StepId>(steps.size())}, "", {}});
  }
  return plan_of(std::move(steps));
}

/// How often the schedule asked whether a class may run, per step, when three starts run at once.
double questions_per_step(std::size_t services) {
  const auto plan = chains(services);
  Schedule schedule(plan, {});
  std::size_t questions = 0, starts = 0;
  std::deque<plan::StepId> running;
  const auto room = [&](StepClass kind) -> std::size_t {
    ++questions;
    return kind != StepClass::start ? 1000 : 3 - starts;
  };
  while (schedule.left() > 0) {
    while (const auto id = schedule.next(room)) {
      running.push_back(*id);
      starts += exec::class_of(plan.steps[*id - 1].action) == StepClass::start ? 1 : 0;
    }
    REQUIRE(!running.empty());
    const auto done = running.front();
    running.pop_front();
    starts -= exec::class_of(plan.steps[done - 1].action) == StepClass::start ? 1 : 0;
    schedule.finished(done);
  }
  return static_cast<double>(questions) / static_cast<double>(plan.steps.size());
}

}  // namespace

TEST_CASE("the start that the longest chain hangs on goes first", "[exec]") {
  const auto plan = plan_of({start("leaf"), start("base"), start("middle", {2}), start("top", {3})});
  CHECK(order(plan, {}) == "base middle leaf top");
}

TEST_CASE("what earlier runs took decides where they are known", "[exec]") {
  const auto plan = plan_of({start("a"), start("b"), start("c", {2})});
  CHECK(order(plan, {}) == "b a c");
  CHECK(order(plan, {{"start a", 5s}}) == "a b c");
  CHECK(order(plan, {{"start nobody", 5s}}) == "b a c");
}

TEST_CASE("a start leaves room to more urgent ones whose containers are being created", "[exec]") {
  // 1 and 2 create, 3 and 4 start; 5 hangs on 4, which makes 4 the more urgent one.
  const auto plan =
      plan_of({create("leaf"), create("base"), start("leaf", {1}), start("base", {2}), start("top", {4})});
  std::size_t places = 1;
  const auto room = [&](StepClass kind) { return kind == StepClass::start ? places : std::size_t{9}; };
  Schedule schedule(plan, {});
  REQUIRE(schedule.next(room) == 2);
  REQUIRE(schedule.next(room) == 1);
  schedule.finished(1);
  CHECK(schedule.next(room) == std::nullopt);
  places = 2;  // there is a place for both
  CHECK(schedule.next(room) == 3);
  places = 1;
  schedule.finished(2);
  CHECK(schedule.next(room) == 4);
}

TEST_CASE("a creation that fails leaves its place to others", "[exec]") {
  const auto plan =
      plan_of({create("leaf"), create("base"), start("leaf", {1}), start("base", {2}), start("top", {4})});
  const auto room = [](StepClass kind) { return kind == StepClass::start ? std::size_t{1} : std::size_t{9}; };
  Schedule schedule(plan, {});
  REQUIRE(schedule.next(room) == 2);
  REQUIRE(schedule.next(room) == 1);
  schedule.finished(1);
  CHECK(schedule.drop(2) == std::vector<plan::StepId>{4, 5});
  CHECK(schedule.next(room) == 3);
}

TEST_CASE("what hangs on a dropped step never runs", "[exec]") {
  const auto plan = plan_of({start("a"), start("b", {1}), start("c", {2}), start("d")});
  Schedule schedule(plan, {});
  REQUIRE(schedule.next(any) == 1);
  CHECK(schedule.drop(1) == std::vector<plan::StepId>{2, 3});
  CHECK(schedule.left() == 1);
  CHECK(schedule.next(any) == 4);
}

TEST_CASE("a step costs the schedule the same among 5,000 services as among 500", "[exec]") {
  const auto few = questions_per_step(500), many = questions_per_step(5000);
  CHECK(few > 0);
  CHECK(many <= 1.1 * few);
}
