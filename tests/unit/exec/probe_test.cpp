// SPDX-License-Identifier: MIT
#include "exec/probe.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace crstack;
using namespace std::chrono_literals;

namespace {

engine::ContainerDetails with_test(engine::StringList test) {
  engine::ContainerDetails details;
  details.health_spec = engine::HealthSpec{.test = std::move(test)};
  return details;
}

}  // namespace

TEST_CASE("the own probe runs what the engine's probe runs, as it does", "[exec]") {
  auto details = with_test({"CMD", "redis-cli", "ping it"});
  details.user = "redis";
  details.working_dir = "/data";
  const auto spec = exec::probe_spec(details);
  CHECK(spec.command == engine::StringList{"redis-cli", "ping it"});
  CHECK(spec.user == "redis");
  CHECK(spec.working_dir == "/data");
  CHECK_FALSE(spec.tty);
  CHECK(spec.environment.empty());  // an exec has the container's own
}

TEST_CASE("CMD-SHELL runs in a shell", "[exec]") {
  const auto details = with_test({"CMD-SHELL", "curl -f localhost || exit 1"});
  CHECK(exec::probe_spec(details).command ==
        engine::StringList{"/bin/sh", "-c", "curl -f localhost || exit 1"});
}

TEST_CASE("what there is to probe", "[exec]") {
  CHECK(exec::can_probe(with_test({"CMD", "true"})));
  CHECK(exec::can_probe(with_test({"CMD-SHELL", "true"})));
  CHECK_FALSE(exec::can_probe(with_test({"NONE"})));
  CHECK_FALSE(exec::can_probe(with_test({"CMD"})));
  CHECK_FALSE(exec::can_probe(with_test({})));
  CHECK_FALSE(exec::can_probe({}));
}

TEST_CASE("when the engine would have looked next", "[exec]") {
  auto details = with_test({"CMD", "true"});
  const engine::WallTime begin = engine::WallTime{} + 1000s;
  details.started_at = begin;
  CHECK(exec::until_engine_probe(details, begin + 2s) == 28s);
  details.health_spec->interval = 10s;
  CHECK(exec::until_engine_probe(details, begin + 2s) == 8s);
  CHECK(exec::until_engine_probe(details, begin + 12s) == 8s);
  CHECK(exec::until_engine_probe(details, begin - 5s) == 10s);  // another machine's clock
  details.probes.push_back({begin + 10s, begin + 11s, 1, ""});
  CHECK(exec::until_engine_probe(details, begin + 12s) == 9s);
  details.health_spec->start_period = 60s;
  details.health_spec->start_interval = 2s;
  CHECK(exec::until_engine_probe(details, begin + 12s) == 1s);
}

TEST_CASE("probes rest for as long as they take, and longer the longer the wait is", "[exec]") {
  CHECK(exec::pause_after(0ms, 0ms) == 50ms);
  CHECK(exec::pause_after(100ms, 90ms) == 90ms);
  CHECK(exec::pause_after(4s, 90ms) == 500ms);
  CHECK(exec::pause_after(1h, 90ms) == 1s);
}

TEST_CASE("an engine that doesn't probe is told from one that is still at it", "[exec]") {
  engine::HealthSpec spec{.test = {"CMD", "false"}, .interval = 10s, .timeout = 5s, .retries = 2};
  CHECK_FALSE(exec::engine_is_silent(spec, 33s, 1s));
  CHECK(exec::engine_is_silent(spec, 34s, 1s));  // three times ten and one
  spec.timeout.reset();                          // its next probe may take the default of thirty
  CHECK_FALSE(exec::engine_is_silent(spec, 41s, 1s));
  CHECK(exec::engine_is_silent(spec, 42s, 1s));
  spec.start_period = 100s;
  CHECK_FALSE(exec::engine_is_silent(spec, 141s, 1s));
  CHECK(exec::engine_is_silent(spec, 142s, 1s));
}
