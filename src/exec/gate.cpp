// SPDX-License-Identifier: MIT
#include "gate.hpp"

#include <cstdlib>

#include "crstack/base/text.hpp"

namespace crstack::exec {

namespace {

constexpr int crash_loop_deaths =
    5;  ///< so often may a container with a restart policy die before it is ready

using engine::ContainerState;
using plan::WaitFor;

bool has_check(const engine::ContainerDetails& details) {
  if (details.health != engine::Health::none) return true;
  return details.health_spec && !details.health_spec->test.empty() && details.health_spec->test[0] != "NONE";
}

int exit_code_of(const engine::EngineEvent& event) {
  return std::atoi(value_of(event.attributes, "exitCode").c_str());
}

}  // namespace

Gate::State Gate::feed(const engine::ContainerDetails& details) {
  if (state_ != State::waiting) return state_;
  inspected_ = true;
  has_health_check_ = has_check(details);
  restart_ = details.restart;
  started_at_ = details.started_at;
  running_ = details.state == ContainerState::running;
  if (condition_ == WaitFor::healthy && !has_health_check_) return fail(Failure::no_health_check);
  if (details.state == ContainerState::exited || details.state == ContainerState::dead) {
    died(details.exit_code, details.oom_killed);
  } else if (details.restart_count >= crash_loop_deaths) {
    fail(Failure::crash_loop, details.exit_code);
  } else if (details.state !=
             ContainerState::restarting) {  // then the engine calls it unhealthy, whatever it is
    health(details.health);
  }
  const auto early = std::move(early_);
  early_.clear();
  for (const auto& event : early) apply(event);
  return state_;
}

Gate::State Gate::feed(const engine::EngineEvent& event) {
  if (state_ != State::waiting) return state_;
  if (inspected_) return apply(event);
  early_.push_back(event);
  return state_;
}

Gate::State Gate::apply(const engine::EngineEvent& event) {
  if (state_ != State::waiting || event.time < started_at_) return state_;
  if (event.action == "oom") out_of_memory_ = true;
  if (event.action == "start") {
    running_ = true;
    started_at_ = event.time;
  }
  if (event.action == "die") return died(exit_code_of(event), out_of_memory_);
  if (event.action == "destroy") return fail(Failure::removed);
  if (event.action == "health_status: healthy") return health(engine::Health::healthy);
  if (event.action == "health_status: unhealthy") return health(engine::Health::unhealthy);
  return state_;
}

Gate::State Gate::died(int code, bool out_of_memory) {
  running_ = false;
  if (out_of_memory) return fail(Failure::out_of_memory, code);
  if (condition_ == WaitFor::completed_successfully && code == 0) {
    ended_ = true;
    return open();
  }
  const bool meant_to_end = restart_.name.empty() || restart_.name == "no" || restart_.name == "on-failure";
  if (condition_ == WaitFor::running_or_healthy && code == 0 && meant_to_end) {
    ended_ = true;
    return open();
  }
  if (!comes_back(code)) return fail(Failure::exited, code);
  return ++deaths_ >= crash_loop_deaths ? fail(Failure::crash_loop, code) : state_;
}

bool Gate::comes_back(int code) const {
  if (restart_.name == "always" || restart_.name == "unless-stopped") return true;
  if (restart_.name != "on-failure" || code == 0) return false;
  return restart_.maximum_retry_count == 0 || deaths_ < restart_.maximum_retry_count;
}

Gate::State Gate::health(engine::Health health) {
  if (condition_ == WaitFor::completed_successfully) return state_;
  if (health == engine::Health::healthy) return open();
  if (health == engine::Health::unhealthy) return fail(Failure::unhealthy);
  return state_;
}

Gate::State Gate::probe_succeeded() {
  if (state_ != State::waiting || !has_health_check_) return state_;
  return condition_ == WaitFor::completed_successfully ? state_ : open();
}

Gate::State Gate::engine_is_silent() {
  return state_ == State::waiting && has_health_check_ ? health(engine::Health::unhealthy) : state_;
}

bool Gate::settling() const {
  return state_ == State::waiting && inspected_ && condition_ == WaitFor::running_or_healthy &&
         !has_health_check_ && running_;
}

Gate::State Gate::settled() {
  return settling() ? open() : state_;
}

Gate::State Gate::open() {
  return state_ = State::open;
}

Gate::State Gate::fail(Failure failure, std::optional<int> code) {
  failure_ = failure;
  exit_code_ = code;
  return state_ = State::failed;
}

}  // namespace crstack::exec
