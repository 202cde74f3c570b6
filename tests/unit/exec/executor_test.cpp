// SPDX-License-Identifier: MIT
#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "stack.hpp"

using namespace crstack;
using namespace std::chrono_literals;
using exec::RunResult;
using project::Condition;
using test::Stack;

TEST_CASE("up creates everything first and starts in the order of the conditions", "[exec]") {
  Stack stack;
  stack.add("db");
  stack.with_check("db", 60ms);
  stack.add("job");
  stack.engine.script("job", {.exits = {{30ms, 0}}});
  stack.add("web", {{"db", Condition::healthy}, {"job", Condition::completed_successfully}});
  stack.add("proxy", {{"web", Condition::started}});
  CHECK(stack.up().ok());
  CHECK(stack.at("create_container app-proxy-1") < stack.at("start_container app-web-1"));
  CHECK(stack.at("start_container app-db-1") < stack.at("start_container app-web-1"));
  CHECK(stack.at("start_container app-web-1") < stack.at("start_container app-proxy-1"));
  CHECK(stack.engine.network_names() == std::vector<std::string>{"app_default"});
  CHECK(stack.sink.of<event::Finished>().size() == 1);
}

TEST_CASE("an up that changes nothing asks five times and changes nothing", "[exec]") {
  Stack stack;
  for (const auto* name : {"a", "b", "c", "d", "e", "f"}) stack.add(name);
  REQUIRE(stack.up().ok());
  stack.engine.clear_calls();
  CHECK(stack.up({.wait = plan::WaitMode::running_or_healthy}).ok());
  CHECK(stack.engine.changing_calls().empty());
  CHECK(stack.engine.calls().size() <= 5);
}

TEST_CASE("a network that another run makes meanwhile is taken, one that is not the same is an error",
          "[exec]") {
  Stack stack;
  stack.add("db");
  const auto plan = plan::plan_up(stack.project, stack.observe(), {});
  auto spec = std::get<plan::CreateNetwork>(plan.steps.at(0).action).spec;
  SECTION("the same") {
    stack.engine.create_network(spec);
    CHECK(stack.carry_out(plan).ok());
  }
  SECTION("another") {
    spec.labels.clear();
    stack.engine.create_network(spec);
    CHECK_FALSE(stack.carry_out(plan).ok());
    CHECK(stack.report().what.find("already exists") != std::string::npos);
  }
}

TEST_CASE("down leaves nothing", "[exec]") {
  Stack stack;
  stack.add("db");
  stack.add("web", {{"db", Condition::started}});
  REQUIRE(stack.up().ok());
  stack.engine.clear_calls();
  CHECK(stack.down().ok());
  CHECK(stack.engine.container_names().empty());
  CHECK(stack.engine.network_names().empty());
  CHECK(stack.at("stop_container app-web-1") < stack.at("stop_container app-db-1"));
}

TEST_CASE("a dependency that exits stops the up with a report", "[exec]") {
  Stack stack;
  stack.add("db").healthcheck = project::HealthCheck{.test = {"CMD", "true"}};
  test::ContainerScript script;
  script.exits = {{50ms, 3}};
  script.ready_after = 1h;
  script.logs = {{0ms, "no space left"}};
  stack.engine.script("db", script);
  stack.add("web", {{"db", Condition::healthy}});
  const auto result = stack.up();
  CHECK(result.outcome == RunResult::Outcome::failed);
  const auto report = stack.report();
  CHECK(report.service == "db");
  CHECK(report.what == "dependency failed to start: container app-db-1 exited (3)");
  CHECK(report.exit_code == 3);
  CHECK(report.log_lines == std::vector<std::string>{"no space left"});
  CHECK(report.not_started == std::vector<std::string>{"web"});
  CHECK_FALSE(stack.called("start_container app-web-1"));
  CHECK(stack.engine.container_names() == std::vector<std::string>{"app-db-1", "app-web-1"});
}

TEST_CASE("a container that runs out of memory is named as such", "[exec]") {
  Stack stack;
  stack.add("db").healthcheck = project::HealthCheck{.test = {"CMD", "true"}};
  test::ContainerScript script;
  script.exits = {{30ms, 137, true}};
  script.ready_after = 1h;
  stack.engine.script("db", script);
  stack.add("web", {{"db", Condition::healthy}});
  CHECK_FALSE(stack.up().ok());
  CHECK(stack.report().what ==
        "dependency failed to start: container app-db-1 was killed because it ran out of memory");
  CHECK(stack.report().meaning == "SIGKILL: the kernel killed it for memory");
}

TEST_CASE("only the engine says unhealthy, and then the up ends", "[exec]") {
  Stack stack;
  stack.add("db").healthcheck = project::HealthCheck{.test = {"CMD", "false"}};
  test::ContainerScript script;
  script.ready_after = 1h;
  script.health = {{60ms, engine::Health::unhealthy, "connection refused", 1}};
  stack.engine.script("db", script);
  stack.add("web", {{"db", Condition::healthy}});
  CHECK_FALSE(stack.up().ok());
  CHECK(stack.report().what == "dependency failed to start: container app-db-1 is unhealthy");
}

TEST_CASE("with --probe engine only the engine's own probes count", "[exec]") {
  Stack stack;
  stack.add("db").healthcheck = project::HealthCheck{.test = {"CMD", "true"}};
  stack.engine.script("db", {.health = {{80ms, engine::Health::healthy}}});
  stack.add("web", {{"db", Condition::healthy}});
  CHECK(stack.up({.probe = plan::ProbePolicy::engine_only}).ok());
  CHECK_FALSE(stack.called("create_exec"));
}

TEST_CASE("an optional dependency that fails is a warning", "[exec]") {
  Stack stack;
  stack.add("cache");
  stack.engine.script("cache", {.exits = {{10ms, 1}}});
  stack.add("web", {{"cache", Condition::completed_successfully}}).depends_on["cache"].required = false;
  CHECK(stack.up().ok());
  CHECK(stack.called("start_container app-web-1"));
  const auto warnings = stack.sink.of<event::Warning>();
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].message == "optional dependency \"cache\" didn't complete successfully: exit 1");
}

TEST_CASE("a port that is taken is named with its number", "[exec]") {
  Stack stack;
  stack.add("web").ports.push_back({.published = "8080", .target = 80});
  stack.engine.occupy_port(8080);
  stack.add("proxy", {{"web", Condition::started}});
  CHECK_FALSE(stack.up().ok());
  CHECK(stack.report().what.starts_with("port 8080 is already in use: "));
  CHECK(stack.report().not_started == std::vector<std::string>{"proxy"});
}

TEST_CASE("what can't be pulled but built is built, and the pull a warning in the registry's words",
          "[exec]") {
  struct Builder final : exec::ImageBuilder {
    explicit Builder(test::FakeEngine& fake) : fake_(fake) {}
    void build(const plan::BuildImage& step, event::EventSink&, std::stop_token) override {
      built.push_back(step.image);
      fake_.add_image(step.image);
    }
    std::vector<std::string> built;
    test::FakeEngine& fake_;
  };
  Stack stack;
  Builder builder(stack.engine);
  stack.options.builder = &builder;
  auto& web = stack.add("web");
  web.image = "nobody/has-this:1";
  web.build.emplace();
  CHECK(stack.up().ok());
  CHECK(builder.built == std::vector<std::string>{"nobody/has-this:1"});
  const auto lines = stack.sink.of<event::Progress>();
  const auto warning = std::find_if(
      lines.begin(), lines.end(), [](const auto& line) { return line.activity == event::Activity::warning; });
  REQUIRE(warning != lines.end());
  CHECK(warning->detail.find("Error response from daemon") == std::string::npos);
}

TEST_CASE("what was built here does where its image can't be pulled anew", "[exec]") {
  Stack stack;
  auto& web = stack.add("web");
  web.image = "nobody/has-this:1";
  web.pull_policy = "always";
  web.build.emplace();
  stack.engine.add_image("nobody/has-this:1");
  CHECK(stack.up().ok());
  CHECK(stack.called("pull_image"));
  web.build.reset();
  CHECK_FALSE(stack.up().ok());
}

TEST_CASE("an image that can't be pulled is named", "[exec]") {
  Stack stack;
  stack.add("web").image = "nobody/has-this:1";
  CHECK_FALSE(stack.up().ok());
  CHECK(stack.report().what.starts_with("the image nobody/has-this:1 can't be pulled: "));
  CHECK(stack.engine.container_names().empty());
}

TEST_CASE("a pull that ends well without the image is a failure", "[exec]") {
  Stack stack;
  stack.add("web").image = "hollow:1";
  stack.engine.add_hollow_image("hollow:1");
  CHECK_FALSE(stack.up().ok());
  CHECK(stack.report().what ==
        "the image hollow:1 can't be pulled: the engine ended the pull without an error, but has no such "
        "image");
  CHECK_FALSE(stack.called("create_container"));
  CHECK_FALSE(stack.carry_out(plan::plan_pull(stack.project, stack.observe(), {})).ok());
}

TEST_CASE("an up that fails for want of an image takes back what nobody uses", "[exec]") {
  Stack stack;
  stack.project.networks["other"] = {.key = "other", .name = "app_other", .config_hash = "n2"};
  stack.project.volumes["data"] = {.key = "data", .name = "app_data", .config_hash = "v1"};
  auto& web = stack.add("web");
  web.image = "nobody/has-this:1";
  web.networks["other"] = {};
  web.volumes = {{.type = "volume", .source = "data", .target = "/data"}};
  stack.engine.hold("pull_image");
  std::jthread registry([&] {
    CHECK(stack.engine.wait_for_call("create_volume app_data"));
    CHECK(stack.engine.wait_for_call("create_network app_other"));
    CHECK(stack.engine.wait_for_call("create_network app_default"));
    stack.engine.release("pull_image");
  });
  CHECK_FALSE(stack.up().ok());
  CHECK(stack.engine.network_names().empty());
  CHECK(stack.engine.volume_names().empty());
  CHECK(stack.sink.of<event::FailureReport>().size() == 1);
}

TEST_CASE("up --wait counts a job that ended well as done", "[exec]") {
  Stack stack;
  stack.add("job").restart = "no";
  stack.engine.script("job", {.exits = {{20ms, 0}}});
  stack.add("web");
  CHECK(stack.up({.wait = plan::WaitMode::running_or_healthy}).ok());
}

TEST_CASE("up --wait reports a service that dies at once", "[exec]") {
  Stack stack;
  stack.add("web");
  stack.engine.script("web", {.exits = {{20ms, 2}}});
  CHECK_FALSE(stack.up({.wait = plan::WaitMode::running_or_healthy}).ok());
  CHECK(stack.report().what == "container app-web-1 exited (2)");
}

TEST_CASE("the wait timeout ends the run", "[exec]") {
  Stack stack;
  stack.add("db");
  stack.with_check("db", 1h);
  stack.options.wait_timeout = 100ms;
  CHECK(stack.up({.wait = plan::WaitMode::running_or_healthy}).outcome == RunResult::Outcome::timed_out);
  const auto reports = stack.sink.of<event::FailureReport>();
  REQUIRE(reports.size() == 2);
  CHECK(reports[0].service == "db");
  CHECK(reports[0].what == "container app-db-1 is not healthy after 0s");
  CHECK(reports[1].what == "application not healthy after 0s");
}

TEST_CASE("Ctrl-C stops scheduling and ends waits", "[exec]") {
  Stack stack;
  stack.add("db");
  stack.with_check("db", 1h);
  stack.add("web", {{"db", Condition::healthy}});
  std::jthread user([&] {
    stack.engine.wait_for_call("create_exec");
    stack.stop.request_stop();
  });
  CHECK(stack.up().outcome == RunResult::Outcome::interrupted);
  CHECK_FALSE(stack.called("start_container app-web-1"));
}

TEST_CASE("a broken event stream is opened again and what was missed is asked for", "[exec]") {
  Stack stack;
  stack.add("job");
  stack.add("web", {{"job", Condition::completed_successfully}});
  std::jthread engine_restart([&] {
    stack.engine.wait_for_call("inspect_container");
    stack.engine.break_event_streams();
    stack.engine.exit_container("app-job-1", 0);
  });
  CHECK(stack.up().ok());
}

TEST_CASE("a changed service is recreated, and nothing else", "[exec]") {
  Stack stack;
  stack.add("db");
  stack.add("web", {{"db", Condition::started}});
  REQUIRE(stack.up().ok());
  stack.engine.clear_calls();
  stack.project.services["web"].config_hash = "other";
  CHECK(stack.up().ok());
  CHECK(stack.engine.container_names() == std::vector<std::string>{"app-db-1", "app-web-1"});
  CHECK_FALSE(stack.called("stop_container app-db-1"));
  const auto state = stack.observe();
  CHECK(state.of_service("web")[0]->label("com.docker.compose.config-hash") == "other");
  CHECK(state.of_service("web")[0]->running());
}

TEST_CASE("where the new container can't be made the old one stays", "[exec]") {
  Stack stack;
  stack.add("web");
  REQUIRE(stack.up().ok());
  stack.project.services["web"].config_hash = "other";
  stack.engine.fail("create_container", engine::ErrorKind::server, 500, "no space left on device");
  CHECK_FALSE(stack.up().ok());
  CHECK(stack.observe().of_service("web")[0]->running());
}

TEST_CASE("up finishes what an up that was killed at any call left behind", "[exec]") {
  for (std::size_t survived = 0; survived < 40; ++survived) {
    Stack stack;
    stack.add("db");
    stack.add("web", {{"db", Condition::started}});
    REQUIRE(stack.up().ok());
    stack.project.services["db"].config_hash = "other";
    stack.project.services["web"].config_hash = "another";
    const auto plan = plan::plan_up(stack.project, stack.observe(), {});
    std::atomic<std::size_t> calls = 0;
    stack.engine.on_call([&](const std::string&) {
      if (calls++ >= survived) throw Error("killed");
    });
    const bool whole = stack.carry_out(plan).ok();
    stack.engine.on_call({});
    INFO("killed after " << survived << " calls");
    CHECK(stack.up().ok());
    CHECK(stack.engine.container_names() == std::vector<std::string>{"app-db-1", "app-web-1"});
    for (const auto& container : stack.observe().containers) CHECK(container.running());
    if (whole) return;
  }
  FAIL("the recreation never came to its end");
}

TEST_CASE("a failing step of down does not keep the others from being done", "[exec]") {
  Stack stack;
  stack.add("a");
  stack.add("b");
  REQUIRE(stack.up().ok());
  stack.engine.fail("remove_container app-a-1", engine::ErrorKind::server, 500, "device busy");
  stack.options.on_failure = exec::ExecutorOptions::OnFailure::carry_on;
  CHECK_FALSE(stack.down().ok());
  CHECK(stack.engine.container_names() == std::vector<std::string>{"app-a-1"});
}

TEST_CASE("a hook whose program is not in the image is a warning where nobody sees hooks", "[exec]") {
  Stack stack;
  auto& service = stack.add("a");
  service.post_start = {project::Hook{.command = {"nosuch"}}};
  test::ContainerScript script;
  script.execs = {{127, "OCI runtime exec failed: exec: \"nosuch\": executable file not found in $PATH"}};
  stack.engine.script("a", script);
  SECTION("unseen") {
    CHECK(stack.up().ok());
    REQUIRE(stack.sink.of<event::Warning>().size() == 1);
    CHECK(
        stack.sink.of<event::Warning>()[0].message.starts_with("a hook exited with status 127 (post_start)"));
  }
  SECTION("shown") {
    stack.options.hooks = exec::ExecutorOptions::Hooks::shown;
    CHECK_FALSE(stack.up().ok());
  }
}

TEST_CASE("where an up fails the chain that decided ends with what failed", "[exec]") {
  Stack stack;
  stack.add("db").healthcheck = project::HealthCheck{.test = {"CMD", "false"}};
  test::ContainerScript script;
  script.ready_after = 1h;
  script.health = {{150ms, engine::Health::unhealthy, "connection refused", 1}};
  stack.engine.script("db", script);
  stack.add("web", {{"db", Condition::healthy}});
  const auto result = stack.up();
  REQUIRE_FALSE(result.critical_path.empty());
  CHECK(result.critical_path.back().what == "db not healthy");
}

TEST_CASE("the critical path is the chain that decided", "[exec]") {
  Stack stack;
  stack.add("slow");
  stack.with_check("slow", 150ms);
  stack.add("quick");
  stack.add("web", {{"slow", Condition::healthy}, {"quick", Condition::started}});
  const auto result = stack.up();
  REQUIRE(result.ok());
  std::vector<std::string> chain;
  for (const auto& link : result.critical_path) chain.push_back(link.what);
  CHECK(std::find(chain.begin(), chain.end(), "slow healthy") != chain.end());
  CHECK(std::none_of(chain.begin(), chain.end(), [](const auto& link) { return link.starts_with("quick"); }));
  const auto marked = [&](const std::string& what) {
    return std::any_of(result.timeline.begin(), result.timeline.end(),
                       [&](const auto& step) { return step.what == what && step.critical; });
  };
  CHECK(marked("wait for slow (healthy)"));
  CHECK_FALSE(marked("start app-quick-1"));
}
