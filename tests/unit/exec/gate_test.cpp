// SPDX-License-Identifier: MIT
#include "exec/gate.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace crstack;
using namespace std::chrono_literals;
using exec::Gate;

namespace {

/// Of a container that the engine always restarts, and that has started after `start` seconds.
engine::ContainerDetails details(engine::ContainerState state, int start, int restarts) {
  engine::ContainerDetails details;
  details.state = state;
  details.health = engine::Health::starting;
  details.restart.name = "always";
  details.restart_count = restarts;
  details.started_at = engine::WallTime(std::chrono::seconds(start));
  details.finished_at = details.started_at + 500ms;
  return details;
}

engine::EngineEvent heard(const std::string& action, engine::WallTime::duration time) {
  engine::EngineEvent event;
  event.action = action;
  event.time = engine::WallTime(time);
  return event;
}

}  // namespace

TEST_CASE("a death that an inspection tells again counts once", "[exec]") {
  Gate gate(plan::WaitFor::healthy);
  gate.feed(details(engine::ContainerState::running, 1, 0));
  for (int run = 1; run <= 4; ++run) {
    gate.feed(heard("die", 1s * run + 500ms));
    gate.feed(details(engine::ContainerState::restarting, run, run));
    gate.feed(heard("die", 1s * run + 500ms));
    gate.feed(heard("start", 1s * (run + 1)));
    CHECK(gate.state() == Gate::State::waiting);
  }
  CHECK(gate.feed(heard("die", 6s)) == Gate::State::failed);
  CHECK(gate.failure() == Gate::Failure::crash_loop);
}

TEST_CASE("what is healthy is so, however often it was restarted before", "[exec]") {
  Gate gate(plan::WaitFor::healthy);
  auto now = details(engine::ContainerState::running, 1, 9);
  now.health = engine::Health::healthy;
  CHECK(gate.feed(now) == Gate::State::open);
}

TEST_CASE("an inspection from before a stop doesn't undo it", "[exec]") {
  Gate gate(plan::WaitFor::healthy);
  gate.feed(details(engine::ContainerState::running, 1, 0));
  gate.feed(heard("kill", 2s));
  gate.feed(details(engine::ContainerState::running, 1, 0));
  gate.feed(heard("die", 3s));
  gate.feed(details(engine::ContainerState::running, 1, 0));
  CHECK(gate.probe_succeeded() == Gate::State::waiting);
  const int end = gate.open_end();
  CHECK(end == 1);
  SECTION("nobody starts it again") {
    CHECK(gate.stays_ended(end) == Gate::State::failed);
  }
  SECTION("an inspection tells of the start first") {
    gate.feed(details(engine::ContainerState::running, 4, 0));
    CHECK(gate.open_end() == 0);
    CHECK(gate.stays_ended(end) == Gate::State::waiting);
  }
  SECTION("a second stop takes its own time") {
    gate.feed(heard("start", 4s));
    gate.feed(heard("kill", 5s));
    gate.feed(heard("die", 5s));
    CHECK(gate.stays_ended(end) == Gate::State::waiting);
    CHECK(gate.stays_ended(gate.open_end()) == Gate::State::failed);
  }
}
