// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "crstack/base/text.hpp"
#include "crstack/exec/executor.hpp"
#include "crstack/plan/planners.hpp"
#include "support/fake_engine.hpp"
#include "support/recording_sink.hpp"

namespace crstack::test {

using exec::RunResult;
using project::Condition;

/// A project against an engine in memory, and what `up` and `down` of it do.
struct Stack {
  project::Project project;
  FakeEngine engine;
  RecordingSink sink;
  RealClock clock;
  exec::ExecutorOptions options;
  std::stop_source stop;

  Stack() {
    project.name = "app";
    project.working_dir = "/app";
    project.networks["default"] = {.key = "default", .name = "app_default", .config_hash = "n1"};
    engine.add_image("busybox:local");
  }
  project::Service& add(const std::string& name, const std::map<std::string, Condition>& depends_on = {}) {
    auto& service = project.services[name];
    service.name = name;
    service.image = "busybox:local";
    service.config_hash = "hash-" + name;
    service.networks["default"] = {};
    for (const auto& [to, condition] : depends_on) service.depends_on[to].condition = condition;
    return service;
  }
  project::Service& with_check(const std::string& name, Duration ready_after = 0ms) {
    project.services[name].healthcheck = project::HealthCheck{.test = {"CMD", "true"}};
    ContainerScript script;
    script.ready_after = ready_after;
    engine.script(name, script);
    return project.services[name];
  }
  RunResult carry_out(const plan::Plan& plan) {
    return exec::Executor(engine, sink, clock, options).run(plan, stop.get_token());
  }
  plan::ObservedState observe() { return plan::observe(engine, project, {}, clock); }
  RunResult up(const plan::UpOptions& up_options = {}) {
    return carry_out(plan::plan_up(project, observe(), up_options));
  }
  RunResult down(const plan::DownOptions& down_options = {}) {
    return carry_out(plan::plan_down(project, observe(), down_options));
  }
  std::size_t at(const std::string& call) const {
    const auto calls = engine.calls();
    const auto found =
        std::find_if(calls.begin(), calls.end(), [&](const auto& one) { return one.starts_with(call); });
    INFO(join(calls, "\n"));
    REQUIRE(found != calls.end());
    return static_cast<std::size_t>(found - calls.begin());
  }
  bool called(const std::string& call) const {
    const auto calls = engine.calls();
    return std::any_of(calls.begin(), calls.end(), [&](const auto& one) { return one.starts_with(call); });
  }
  event::FailureReport report() const {
    const auto reports = sink.of<event::FailureReport>();
    REQUIRE(reports.size() == 1);
    return reports[0];
  }
};

}  // namespace crstack::test
