// SPDX-License-Identifier: MIT
#include "support/fake_engine.hpp"

#include <catch2/catch_test_macros.hpp>
#include <thread>

using namespace crstack;
using namespace crstack::test;
using engine::Containers;

namespace {

engine::ContainerSpec spec(const std::string& name) {
  engine::ContainerSpec result;
  result.name = name;
  result.image = "busybox";
  result.labels = {{"com.docker.compose.project", "app"}, {"com.docker.compose.service", "web"}};
  return result;
}

std::string create(FakeEngine& engine, const engine::ContainerSpec& wanted) {
  std::vector<std::string> warnings;
  return engine.create_container(wanted, warnings);
}

}  // namespace

TEST_CASE("the fake engine plays a health script on a manual clock", "[engine]") {
  ManualClock clock;
  FakeEngine fake(&clock);
  fake.add_image("busybox");
  ContainerScript script;
  script.health = {{2s, engine::Health::healthy, "ok", 0}};
  script.exits = {{5s, 3, true}};
  fake.script("web", script);
  auto wanted = spec("app-web-1");
  wanted.health = engine::HealthSpec{{"CMD", "true"}, {}, {}, {}, {}, {}};
  const auto id = create(fake, wanted);
  fake.start_container(id);
  CHECK(fake.inspect_container(id).health == engine::Health::starting);
  clock.advance(2s);
  CHECK(fake.inspect_container(id).health == engine::Health::healthy);
  CHECK(fake.inspect_container(id).probes.back().output == "ok");
  clock.advance(3s);
  const auto dead = fake.inspect_container(id);
  CHECK(dead.state == engine::ContainerState::exited);
  CHECK(dead.exit_code == 3);
  CHECK(dead.oom_killed);
  CHECK(fake.changing_calls() ==
        std::vector<std::string>{"create_container app-web-1", "start_container app-web-1"});
}

TEST_CASE("the fake engine pushes events to those with matching labels and ends on a stop", "[engine]") {
  FakeEngine fake;
  fake.add_image("busybox");
  std::vector<std::string> seen;
  std::jthread subscriber([&](const std::stop_token& stop) {
    fake.events(
        {"com.docker.compose.project=app"}, "", "", {},
        [&](const engine::EngineEvent& event) {
          seen.push_back(event.action);
          return seen.size() < 3;
        },
        stop);
  });
  REQUIRE(fake.wait_for_call("events"));
  while (fake.subscribers() == 0) std::this_thread::yield();
  auto other = spec("other-1");
  other.labels.clear();
  create(fake, other);
  const auto id = create(fake, spec("app-web-1"));
  fake.start_container(id);
  fake.exit_container(id, 1);
  subscriber.join();
  CHECK(seen == std::vector<std::string>{"create", "start", "die"});

  std::jthread stopped([&](const std::stop_token& stop) {
    fake.events(
        {}, "", "", {}, [](const engine::EngineEvent&) { return true; }, stop);
  });
  REQUIRE(fake.wait_for_call("events", 2));
  stopped.request_stop();
  stopped.join();
  CHECK(fake.subscribers() == 0);
}

TEST_CASE("the fake engine restarts by policy and refuses a port twice", "[engine]") {
  ManualClock clock;
  FakeEngine fake(&clock);
  fake.add_image("busybox");
  ContainerScript crash;
  crash.exits = {{1s, 1}, {1s, 1}};
  fake.script("app-web-1", crash);
  auto first = spec("app-web-1");
  first.restart.name = "always";
  first.ports = {{80, "tcp", "", "8080"}};
  const auto id = create(fake, first);
  fake.start_container(id);
  clock.advance(3s);
  CHECK(fake.inspect_container(id).restart_count == 2);
  CHECK(fake.inspect_container(id).state == engine::ContainerState::running);
  auto second = spec("app-web-2");
  second.ports = first.ports;
  const auto loser = create(fake, second);
  CHECK_THROWS_AS(fake.start_container(loser), engine::EngineError);
}

TEST_CASE("the fake engine runs execs by script and holds calls until told", "[engine]") {
  ManualClock clock;
  FakeEngine fake(&clock);
  fake.add_image("busybox");
  ContainerScript script;
  script.ready_after = 1s;
  fake.script("web", script);
  const auto id = create(fake, spec("app-web-1"));
  fake.start_container(id);
  const auto probe = [&] {
    const auto exec = fake.create_exec(id, {{"true"}, {}, "", "", "", false, false, true, false});
    const auto stream = fake.start_exec(exec, false);
    char buffer[64];
    while (stream->read(buffer, sizeof buffer) > 0) continue;
    return fake.inspect_exec(exec).exit_code;
  };
  CHECK(probe() == 1);
  clock.advance(1s);
  CHECK(probe() == 0);

  fake.hold("stop_container");
  const auto pending = fake.stop_container(id, 1);
  REQUIRE(fake.wait_for_call("stop_container app-web-1 timeout=1"));
  CHECK(fake.inspect_container(id).state == engine::ContainerState::running);
  fake.release("stop_container");
  pending->finish();
  CHECK(fake.inspect_container(id).state == engine::ContainerState::exited);
}
