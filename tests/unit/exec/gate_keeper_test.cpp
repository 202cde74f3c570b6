// SPDX-License-Identifier: MIT
// Gates and crstack's own probes, seen from outside: what an `up` calls and when it ends.
#include "stack.hpp"

using namespace crstack;
using namespace std::chrono_literals;
using project::Condition;
using test::Stack;

namespace {

std::size_t count(const Stack& stack, const std::string& prefix) {
  const auto calls = stack.engine.calls();
  return static_cast<std::size_t>(
      std::count_if(calls.begin(), calls.end(), [&](const auto& call) { return call.starts_with(prefix); }));
}

void hang(Stack& stack, const std::string& service, Duration healthy_after) {
  stack.add(service).healthcheck = project::HealthCheck{.test = {"CMD", "hang"}};
  test::ContainerScript script;
  script.execs = {{.exit_code = 0, .out = "", .err = "", .took = 1h}};
  script.health = {{healthy_after, engine::Health::healthy}};
  stack.engine.script(service, script);
}

}  // namespace

TEST_CASE("a probe that hangs keeps no gate from opening by the engine's event", "[exec]") {
  Stack stack;
  hang(stack, "db", 60ms);
  stack.add("web", {{"db", Condition::healthy}});
  CHECK(stack.up().ok());
  CHECK(count(stack, "start_exec app-db-1") == 1);
  CHECK(stack.at("start_container app-db-1") < stack.at("start_container app-web-1"));
}

TEST_CASE("a hundred probes that hang keep no step from its thread", "[exec]") {
  Stack stack;
  for (int number = 0; number < 100; ++number) {
    const auto name = std::to_string(number);
    hang(stack, "db" + name, 60ms);
    stack.add("web" + name, {{"db" + name, Condition::healthy}});
  }
  CHECK(stack.up().ok());
  CHECK(count(stack, "start_container") == 200);
}

TEST_CASE("nobody probes what nobody waits for", "[exec]") {
  Stack stack;
  stack.add("db");
  stack.with_check("db");
  stack.add("web", {{"db", Condition::started}});
  CHECK(stack.up().ok());
  CHECK(count(stack, "create_exec") == 0);
}

TEST_CASE("the own probe asks at once and goes on until the command succeeds", "[exec]") {
  Stack stack;
  stack.add("db");
  auto& check = stack.with_check("db").healthcheck;
  check->test = {"CMD", "ask", "it"};
  test::ContainerScript script;
  script.execs = {{1, "", "not yet\n"}, {1, "", "not yet\n"}, {0, "yes\n", ""}};
  stack.engine.script("db", script);
  stack.add("web", {{"db", Condition::healthy}});
  const auto result = stack.up();
  CHECK(result.ok());
  CHECK(count(stack, "create_exec app-db-1 ask it") == 3);
  const auto probes = stack.sink.of<event::Probe>();
  REQUIRE(probes.size() == 3);
  CHECK((probes[0].exit_code == 1 && probes[0].output == "not yet" && probes[0].own));
  CHECK(probes[2].exit_code == 0);
  const auto wait = std::find_if(result.timeline.begin(), result.timeline.end(),
                                 [](const auto& step) { return step.what == "wait for db (healthy)"; });
  REQUIRE(wait != result.timeline.end());
  CHECK(wait->note.starts_with("own probe; this probe's interval would have cost "));
}

TEST_CASE("a probe whose connection breaks off has not succeeded", "[exec]") {
  Stack stack;
  stack.add("db");
  stack.with_check("db");
  test::ContainerScript script;
  script.execs = {{.exit_code = 0, .cut = true}, {.exit_code = 0}};
  stack.engine.script("db", script);
  stack.add("web", {{"db", Condition::healthy}});
  CHECK(stack.up().ok());
  const auto probes = stack.sink.of<event::Probe>();
  REQUIRE(probes.size() == 2);
  CHECK(probes[0].exit_code != 0);
  CHECK(probes[0].output.find("broke off") != std::string::npos);
}

TEST_CASE("the image's own health check is probed like the service's", "[exec]") {
  Stack stack;
  engine::ImageDetails image;
  image.health = engine::HealthSpec{.test = {"CMD-SHELL", "check"}};
  stack.engine.add_image("checked:1", image);
  stack.add("db").image = "checked:1";
  stack.add("web", {{"db", Condition::healthy}});
  CHECK(stack.up().ok());
  CHECK(count(stack, "create_exec app-db-1 /bin/sh -c check") == 1);
}

TEST_CASE("waiting for the engine's probes says what their interval cost", "[exec]") {
  Stack stack;
  stack.add("db").healthcheck = project::HealthCheck{.test = {"CMD", "true"}, .interval = 10s};
  stack.engine.script("db", {.health = {{30ms, engine::Health::healthy}}});
  stack.add("web", {{"db", Condition::healthy}});
  const auto result = stack.up({.probe = plan::ProbePolicy::engine_only});
  CHECK(result.ok());
  CHECK(std::any_of(result.timeline.begin(), result.timeline.end(), [](const auto& step) {
    return step.note.starts_with("this probe's interval cost up to ");
  }));
}

TEST_CASE("--wait holds on for the engine's word where that is near", "[exec]") {
  Stack stack;
  auto& db = stack.add("db");
  db.healthcheck = project::HealthCheck{.test = {"CMD", "true"}, .interval = 1s};
  test::ContainerScript script;
  script.execs = {{.exit_code = 0}};
  const auto health_after_up = [&] {
    stack.engine.script("db", script);
    CHECK(stack.up({.wait = plan::WaitMode::running_or_healthy}).ok());
    return stack.engine.inspect_container("app-db-1").health;
  };
  SECTION("the engine agrees") {
    script.health = {{300ms, engine::Health::healthy}};
    CHECK(health_after_up() == engine::Health::healthy);
    CHECK(count(stack, "create_exec") == 1);
  }
  SECTION("also where the own probe has let others go on") {
    stack.add("web", {{"db", Condition::healthy}});
    script.health = {{1500ms, engine::Health::healthy}};
    CHECK(health_after_up() == engine::Health::healthy);
    const auto web = stack.engine.inspect_container("app-web-1").started_at;
    CHECK(web - stack.engine.inspect_container("app-db-1").started_at < 1500ms);
  }
  SECTION("an engine that says nothing is waited for once") {
    CHECK(health_after_up() == engine::Health::starting);
    CHECK(count(stack, "create_exec") == 2);
  }
  SECTION("an engine that finds it unhealthy has the last word") {
    script.health = {{300ms, engine::Health::unhealthy}};
    stack.engine.script("db", script);
    CHECK_FALSE(stack.up({.wait = plan::WaitMode::running_or_healthy}).ok());
  }
  SECTION("a probe that is far off is not waited for") {
    db.healthcheck->interval = 30s;
    CHECK(health_after_up() == engine::Health::starting);
    CHECK(count(stack, "create_exec") == 1);
  }
}

namespace {

/// `web` waits for `db`, which is never healthy by itself; somebody else does `deed` once it is waited for.
exec::RunResult up_amid(Stack& stack, const std::function<void()>& deed) {
  stack.add("db");
  stack.with_check("db", 1h);
  stack.add("web", {{"db", Condition::healthy}});
  std::jthread other([&] {
    if (stack.engine.wait_for_call("create_exec app-db-1")) deed();
  });
  return stack.up();
}

}  // namespace

TEST_CASE("a restart from elsewhere ends no wait, however often", "[exec]") {
  Stack stack;
  for (const auto* policy : {"", "on-failure"}) {
    stack.add("db").restart = policy;
    const auto result = up_amid(stack, [&] {
      for (int times = 0; times < 7; ++times) stack.engine.restart_container("app-db-1", 0)->finish();
      stack.engine.set_health("app-db-1", engine::Health::healthy);
    });
    CHECK(result.ok());
    CHECK(stack.down().ok());
    stack.engine.clear_calls();
  }
}

TEST_CASE("a stop from elsewhere ends a wait, whatever the restart policy", "[exec]") {
  for (const auto* policy : {"", "always"}) {
    Stack stack;
    stack.add("db").restart = policy;
    CHECK_FALSE(up_amid(stack, [&] { stack.engine.stop_container("app-db-1", 0)->finish(); }).ok());
    CHECK(stack.report().what == "dependency failed to start: container app-db-1 exited (0)");
  }
}

TEST_CASE("what is stopped and removed from elsewhere has ended at once", "[exec]") {
  Stack stack;
  const auto result = up_amid(stack, [&] {
    stack.engine.kill_container("app-db-1", "SIGKILL");
    stack.engine.remove_container("app-db-1", engine::Containers::Force::no,
                                  engine::Containers::AnonymousVolumes::keep);
  });
  CHECK_FALSE(result.ok());
  CHECK(stack.report().what == "dependency failed to start: container app-db-1 exited (137)");
}
