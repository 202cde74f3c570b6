// SPDX-License-Identifier: MIT
#include "gate.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

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

/// From elsewhere. Podman tells of a restart before it stops the container, Docker once all is done.
bool may_stop(const engine::EngineEvent& event) {
  return event.action == "kill" || event.action == "restart";
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
  if (condition_ == WaitFor::healthy && !has_health_check_) return fail(Failure::no_health_check);
  for (const auto& event : early_) signalled_ |= may_stop(event) && event.time >= started_at_;
  deaths_ = std::max(deaths_, details.restart_count);
  switch (details.state) {
    case ContainerState::exited:
    case ContainerState::dead:
      died(details.exit_code, details.oom_killed, details.finished_at);
      break;
    case ContainerState::restarting:  // then the engine calls it unhealthy, whatever it is
      started();                      // the engine has taken its part: no end is open
      running_ = false;
      down_ = true;
      ended_at_ = details.finished_at;
      if (deaths_ >= crash_loop_deaths) fail(Failure::crash_loop, details.exit_code);
      break;
    case ContainerState::running:
      if (down_ && details.started_at > ended_at_) started();  // else it is of the time before the end
      [[fallthrough]];
    default:
      running_ = !down_ && details.state == ContainerState::running;
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
    started();
    started_at_ = event.time;
  }
  if (may_stop(event)) signalled_ = true;
  if (event.action == "die") return died(exit_code_of(event), out_of_memory_, event.time);
  if (event.action == "destroy") return stopped_ ? fail(Failure::exited, stopped_) : fail(Failure::removed);
  if (event.action == "health_status: healthy") return health(engine::Health::healthy);
  if (event.action == "health_status: unhealthy") return health(engine::Health::unhealthy);
  return state_;
}

void Gate::started() {
  running_ = true;
  down_ = signalled_ = out_of_memory_ = false;
  stopped_.reset();
}

/// May be told twice of one end: by an event and by an inspection.
Gate::State Gate::died(int code, bool out_of_memory, engine::WallTime when) {
  const bool known = std::exchange(down_, true);
  running_ = false;
  ended_at_ = when;
  if (out_of_memory) return fail(Failure::out_of_memory, code);
  if (stopped_) return state_;
  if (signalled_) {
    stopped_ = code;
    ++ends_;
    return state_;
  }
  if (ends_well(code)) return open_ended();
  if (!comes_back(code)) return fail(Failure::exited, code);
  if (!known) ++deaths_;
  return deaths_ >= crash_loop_deaths ? fail(Failure::crash_loop, code) : state_;
}

Gate::State Gate::stays_ended(int end) {
  if (state_ != State::waiting || !stopped_ || end != ends_) return state_;
  return ends_well(*stopped_) ? open_ended() : fail(Failure::exited, stopped_);
}

bool Gate::ends_well(int code) const {
  const bool meant_to_end = restart_.name.empty() || restart_.name == "no" || restart_.name == "on-failure";
  return code == 0 && (condition_ == WaitFor::completed_successfully ||
                       (condition_ == WaitFor::running_or_healthy && meant_to_end));
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
  if (state_ != State::waiting || !has_health_check_ || down_) return state_;
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

Gate::State Gate::open_ended() {
  ended_ = true;
  return open();
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
