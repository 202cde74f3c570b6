// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include "planning.hpp"

using namespace crstack;
using Catch::Matchers::Message;
using project::Condition;
using test::Planning;

TEST_CASE("nothing there: networks, volumes and containers at once, starts behind their gates", "[plan]") {
  Planning p;
  p.volume("data");
  p.service("db").volumes = {Planning::mount("data", "/data")};
  p.service("job");
  p.service("web");
  p.depends("web", "db", Condition::healthy);
  p.depends("web", "job", Condition::completed_successfully);
  CHECK(to_string(p.up()) ==
        " 1  create network app_default  (not there)\n"
        " 2  create volume app_data  (not there)\n"
        " 3  create container app-db-1  after 1, 2  (not there)\n"
        " 4  start app-db-1  after 3  (not there)\n"
        " 5  create container app-job-1  after 1  (not there)\n"
        " 6  start app-job-1  after 5  (not there)\n"
        " 7  create container app-web-1  after 1  (not there)\n"
        " 8  wait for db (healthy)  after 4  (others wait for it)\n"
        " 9  wait for job (completed)  after 6  (others wait for it)\n"
        "10  start app-web-1  after 7, 8, 9  (not there)\n");
}

TEST_CASE("everything as it should be: no step", "[plan]") {
  Planning p;
  p.volume("data");
  p.service("db").volumes = {Planning::mount("data", "/data")};
  p.service("web");
  p.depends("web", "db", Condition::healthy);
  p.converged();
  p.of("db").summary.health = engine::Health::healthy;
  const auto plan = p.up({.wait = plan::WaitMode::running_or_healthy});
  CHECK(to_string(plan).empty());
  std::string told;
  for (const auto& one : plan.unchanged)
    told += one.subject.name + (one.activity == event::Activity::running   ? " runs\n"
                                : one.activity == event::Activity::waiting ? " is waited for\n"
                                                                           : " is ready\n");
  CHECK(told ==
        "app-db-1 runs\n"
        "app-web-1 runs\n"
        "app-db-1 is waited for\n"
        "app-db-1 is ready\n"
        "app-web-1 is waited for\n"
        "app-web-1 is ready\n");
}

TEST_CASE("named services bring their dependencies, which are recreated only if asked for", "[plan]") {
  Planning p;
  p.service("db");
  p.service("web");
  p.service("other");
  p.depends("web", "db");
  p.converged();
  CHECK(p.up({.services = {"web"}, .recreate = plan::Recreate::always}).steps.size() == 5);
  CHECK(p.up({.services = {"web"}, .recreate_dependencies = plan::Recreate::always}).steps.size() == 5);
  const auto plan = p.up({.services = {"web"}, .dependencies = plan::Dependencies::leave});
  REQUIRE(plan.unchanged.size() == 1);
  CHECK(plan.unchanged[0].subject.name == "app-web-1");
}

TEST_CASE("scaling up goes on counting, scaling down takes the highest numbers", "[plan]") {
  Planning p;
  p.service("web");
  p.there(p.project.networks.at("default"));
  p.container("web", 1);
  p.container("web", 3);
  CHECK(to_string(p.up({.scale = {{"web", 3}}})) ==
        "1  create container app-web-4  (not there)\n"
        "2  start app-web-4  after 1  (not there)\n");
  CHECK(to_string(p.up({.scale = {{"web", 1}}})) ==
        "1  stop app-web-3  (scale 1)\n"
        "2  remove container app-web-3  after 1  (scale 1)\n");
  p.state.containers[0].summary.labels[plan::labels::config_hash] = "older";
  CHECK(to_string(p.up({.scale = {{"web", 1}}})) ==
        "1  stop app-web-1  (scale 1)\n"
        "2  remove container app-web-1  after 1  (scale 1)\n");
}

TEST_CASE("a container name and several containers don't go together", "[plan]") {
  Planning p;
  p.service("web").container_name = "the-one";
  CHECK_THROWS_AS(p.up({.scale = {{"web", 2}}}), plan::PlanError);
}

TEST_CASE("who joins a container by its name comes after it, but does not depend on it", "[plan]") {
  Planning p;
  p.service("app").network_mode = "container:tunnel";
  auto& vpn = p.service("vpn");
  vpn.container_name = "tunnel";
  SECTION("where both are made") {
    for (const char* name : {"app", "vpn"}) p.project.services[name].networks.clear();
    CHECK(to_string(p.up()) ==
          "1  create container tunnel  (not there)\n"
          "2  start tunnel  after 1  (not there)\n"
          "3  create container app-app-1  after 1  (not there)\n"
          "4  start app-app-1  after 2, 3  (not there)\n");
  }
  SECTION("where only one is asked for") {
    plan::UpOptions options;
    options.services = {"app"};
    const auto plan = plan::plan_up(p.project, p.state, options);
    CHECK(to_string(plan).find("tunnel") == std::string::npos);
  }
  SECTION("unless that one depends on it") {
    p.depends("vpn", "app");
    const auto text = to_string(p.up());
    CHECK(text.find("start app-app-1") < text.find("create container tunnel"));
  }
  SECTION("nor round in a circle") {
    p.service("proxy").ipc = "container:app-app-1";
    p.depends("vpn", "proxy");
    const auto text = to_string(p.up());
    CHECK(text.find("start tunnel") < text.find("create container app-app-1"));
  }
}

TEST_CASE("gates that are open already are left out", "[plan]") {
  Planning p;
  p.service("db");
  p.service("web");
  p.depends("web", "db", Condition::healthy);
  p.converged();
  p.of("web").summary.state = engine::ContainerState::exited;
  p.of("db").summary.health = engine::Health::healthy;
  CHECK(to_string(p.up()) == "1  start app-web-1  (not running)\n");
  p.of("db").summary.health = engine::Health::starting;
  CHECK(to_string(p.up()) ==
        "1  wait for db (healthy)  (others wait for it)\n"
        "2  start app-web-1  after 1  (not running)\n");
}

TEST_CASE("what a running container depends on is waited for, too", "[plan]") {
  Planning p;
  p.service("db");
  p.service("web");
  p.depends("web", "db", Condition::healthy);
  p.converged();
  p.of("db").summary.health = engine::Health::unhealthy;
  CHECK(to_string(p.up()) == "1  wait for db (healthy)  (others wait for it)\n");
}

TEST_CASE("--wait waits for what is not ready yet", "[plan]") {
  Planning p;
  p.service("db");
  p.service("web");
  p.converged();
  p.of("db").summary.health = engine::Health::starting;
  CHECK(to_string(p.up({.wait = plan::WaitMode::running_or_healthy})) ==
        "1  wait for db (running or healthy)  (asked for)\n");
  p.depends("web", "db", Condition::healthy);
  p.of("web").summary.state = engine::ContainerState::exited;
  CHECK(to_string(p.up({.wait = plan::WaitMode::running_or_healthy})) ==
        "1  wait for db (healthy)  (others wait for it)\n"
        "2  start app-web-1  after 1  (not running)\n"
        "3  wait for web (running or healthy)  after 2  (asked for)\n");
}

TEST_CASE("--no-start creates and starts nothing", "[plan]") {
  Planning p;
  p.service("web");
  CHECK(to_string(p.up({.start = plan::Start::no, .wait = plan::WaitMode::running_or_healthy})) ==
        "1  create network app_default  (not there)\n"
        "2  create container app-web-1  after 1  (not there)\n");
}

TEST_CASE("what is created and then started is what one plan would have done", "[plan]") {
  Planning p;
  p.service("db").provider = project::Provider{.type = "cloud", .options = {}};
  p.service("web");
  p.depends("web", "db");
  p.there(p.project.networks["default"]);
  CHECK(to_string(p.up({.start = plan::Start::no})) ==
        "1  provider cloud up db  (provider cloud)\n"
        "2  create container app-web-1  after 1  (not there)\n");
  p.container("web").summary.state = engine::ContainerState::created;
  p.project.services.erase("db");
  p.project.services["web"].depends_on.clear();
  CHECK(to_string(p.up({.recreate = plan::Recreate::never})) == "1  start app-web-1  (never started)\n");
}

TEST_CASE("orphans are warned of, or removed", "[plan]") {
  Planning p;
  p.service("web");
  p.converged();
  p.container("gone");
  CHECK(to_string(p.up()) ==
        "warning: Found orphan containers ([app-gone-1]) for this project. If you removed or renamed this "
        "service "
        "in your compose file, you can run this command with the --remove-orphans flag to clean it up.\n");
  CHECK(to_string(p.up({.orphans = plan::Orphans::remove})) ==
        "1  stop app-gone-1  (orphan)\n"
        "2  remove container app-gone-1  after 1  (orphan)\n");
  CHECK(to_string(p.up({.orphans = plan::Orphans::ignore})).empty());
}

TEST_CASE("hooks run after the start and before the stop", "[plan]") {
  Planning p;
  auto& web = p.service("web");
  web.post_start.push_back({.command = {"warm", "up"}, .user = "", .working_dir = "", .environment = {}});
  web.pre_stop.push_back({.command = {"drain"}, .user = "", .working_dir = "", .environment = {}});
  p.service("proxy");
  p.depends("proxy", "web");
  p.there(p.project.networks["default"]);
  CHECK(to_string(p.up({.services = {"proxy"}})) ==
        "1  create container app-web-1  (not there)\n"
        "2  start app-web-1  after 1  (not there)\n"
        "3  run hook in app-web-1: warm up  after 2  (post_start)\n"
        "4  create container app-proxy-1  (not there)\n"
        "5  start app-proxy-1  after 3, 4  (not there)\n");
  p.converged();
  CHECK(to_string(plan::plan_stop(p.project, p.state, {})) ==
        "1  stop app-proxy-1  (stop)\n"
        "2  run hook in app-web-1: drain  after 1  (pre_stop)\n"
        "3  stop app-web-1  after 2  (stop)\n");
}

TEST_CASE("an unknown service is told with what may have been meant", "[plan]") {
  Planning p;
  p.service("web");
  CHECK_THROWS_MATCHES(p.up({.services = {"wbe"}}), plan::PlanError, Message("no such service: wbe"));
}

TEST_CASE("the scale of a service that isn't started is an error", "[plan]") {
  Planning p;
  p.service("db");
  p.service("web").depends_on["db"] = {};
  p.service("other");
  p.project.disabled_services["off"].profiles = {"x"};
  const auto scale = [&](const std::string& name) {
    return plan::UpOptions{.services = {"web"}, .scale = {{name, 2}}};
  };
  CHECK_THROWS_MATCHES(p.up(scale("other")), plan::PlanError, Message("no such service: other: disabled"));
  CHECK_THROWS_MATCHES(p.up(scale("off")), plan::PlanError, Message("no such service: off: disabled"));
  CHECK_THROWS_MATCHES(p.up(scale("none")), plan::PlanError, Message("no such service: none: not found"));
  CHECK_NOTHROW(p.up(scale("db")));
  auto alone = scale("db");
  alone.dependencies = plan::Dependencies::leave;
  CHECK_NOTHROW(p.up(alone));
}
