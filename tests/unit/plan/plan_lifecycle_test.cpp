// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include "planning.hpp"

using namespace crstack;
using Catch::Matchers::Message;
using project::Condition;
using test::Planning;

namespace {

Planning three() {
  Planning p;
  p.project.config_files = {"/app/compose.yaml"};
  p.volume("data");
  p.service("db").volumes = {Planning::mount("data", "/data")};
  p.service("web");
  p.service("proxy");
  p.depends("web", "db", Condition::healthy);
  p.depends("proxy", "web");
  p.converged();
  return p;
}

}  // namespace

TEST_CASE("down goes against the dependencies, and each network goes with its last container", "[plan]") {
  auto p = three();
  CHECK(to_string(plan::plan_down(p.project, p.state, {})) ==
        "1  stop app-proxy-1  (down)\n"
        "2  remove container app-proxy-1  after 1  (down)\n"
        "3  stop app-web-1  after 1  (down)\n"
        "4  remove container app-web-1  after 3  (down)\n"
        "5  stop app-db-1  after 3  (down)\n"
        "6  remove container app-db-1  after 5  (down)\n"
        "7  remove network app_default  after 2, 4, 6  (down)\n");
}

TEST_CASE("down --volumes takes named and anonymous volumes, never external ones", "[plan]") {
  auto p = three();
  const auto text = [&] {
    return to_string(
        plan::plan_down(p.project, p.state, {.volumes = plan::VolumeRemoval::remove, .timeout_seconds = 3}));
  };
  CHECK(text().find("stop app-db-1 within 3s") != std::string::npos);
  CHECK(text().find("remove container app-db-1 and its anonymous volumes") != std::string::npos);
  CHECK(text().find("remove volume app_data  after 6  (down --volumes)") != std::string::npos);
  p.project.volumes["data"].external = true;
  CHECK(text().find("remove volume") == std::string::npos);
}

TEST_CASE("an anonymous volume that was carried over goes with its container, one with a name does not",
          "[plan]") {
  Planning p;
  p.project.config_files = {"/app/compose.yaml"};
  p.service("web").volumes = {Planning::mount("", "/cache"), Planning::mount("old", "/rescued")};
  p.project.volumes["old"].name = std::string(64, 'b');
  p.converged();
  const auto volume = [](const std::string& name, const std::string& target) {
    return engine::MountPoint{"volume", name, "", target, "local"};
  };
  p.of("web").summary.mounts = {volume(std::string(64, 'a'), "/cache"),
                                volume(std::string(64, 'b'), "/rescued"),
                                volume(std::string(64, 'b'), "/elsewhere"), volume("data", "/data"),
                                volume(std::string(64, 'c'), "/of-the-image")};
  const auto inherited = [&](plan::VolumeRemoval volumes) {
    const auto plan = plan::plan_rm(p.project, p.state, {.stop = plan::StopFirst::yes, .volumes = volumes});
    return std::get<plan::RemoveContainer>(plan.steps.at(1).action).inherited;
  };
  CHECK(inherited(plan::VolumeRemoval::remove) == std::vector{std::string(64, 'a'), std::string(64, 'c')});
  CHECK(inherited(plan::VolumeRemoval::keep).empty());
  p.project.config_files.clear();  // what is known is known from labels
  CHECK(inherited(plan::VolumeRemoval::remove).empty());
}

TEST_CASE("down of some services leaves the network that others are on", "[plan]") {
  auto p = three();
  const auto plan = plan::plan_down(p.project, p.state, {.services = {"proxy"}});
  CHECK(to_string(plan) ==
        "1  stop app-proxy-1  (down)\n"
        "2  remove container app-proxy-1  after 1  (down)\n");
  REQUIRE(plan.unchanged.size() == 2);
  CHECK(plan.unchanged[0].activity == event::Activity::removing);
  CHECK(plan.unchanged[1].detail == "Resource is still in use");
}

TEST_CASE("down --volumes of some services leaves the volumes that others use", "[plan]") {
  auto p = three();
  const auto down = [&](const std::string& service) {
    return plan::plan_down(p.project, p.state,
                           {.services = {service}, .volumes = plan::VolumeRemoval::remove});
  };
  CHECK(to_string(down("db")) ==
        "1  stop app-db-1  (down)\n"
        "2  remove container app-db-1 and its anonymous volumes  after 1  (down)\n"
        "3  remove volume app_data  after 2  (down --volumes)\n");
  const auto plan = down("web");  // of what it depends on as well
  CHECK(to_string(plan).find("remove volume") == std::string::npos);
  REQUIRE(plan.unchanged.size() == 4);
  CHECK(plan.unchanged[3].subject.name == "app_data");
  CHECK(plan.unchanged[3].detail == "Resource is still in use");
}

TEST_CASE("down of some services takes no network that only others use", "[plan]") {
  auto p = three();
  p.project.networks["other"].name = "app_other";
  engine::NetworkInfo other;
  other.name = "app_other";
  other.labels[plan::labels::project] = "app";
  p.state.networks["app_other"] = {other};
  const auto text = [&](const plan::DownOptions& options) {
    return to_string(plan::plan_down(p.project, p.state, options));
  };
  CHECK(text({.services = {"proxy"}}).find("app_other") == std::string::npos);
  CHECK(text({}).find("remove network app_other") != std::string::npos);
}

TEST_CASE("down of a service that is known from labels takes its dependents and all networks", "[plan]") {
  auto p = three();
  p.project.config_files.clear();
  CHECK(to_string(plan::plan_down(p.project, p.state, {.services = {"db"}})) ==
        to_string(plan::plan_down(p.project, p.state, {})));
}

TEST_CASE("down works from labels alone, one-off containers included", "[plan]") {
  auto p = three();
  for (auto& container : p.state.containers) {
    if (container.service == "web")
      container.summary.labels[plan::labels::depends_on] = "db:service_healthy:false";
  }
  plan::ObservedContainer oneoff;
  oneoff.service = "web";
  oneoff.oneoff = true;
  oneoff.summary.id = "f00";
  oneoff.summary.name = "app-web-run-1";
  p.state.oneoffs.push_back(oneoff);
  const auto project = plan::project_from_labels(p.state);
  CHECK(to_string(plan::plan_down(project, p.state, {.volumes = plan::VolumeRemoval::remove})) ==
        " 1  stop app-web-1  (down)\n"
        " 2  remove container app-web-1 and its anonymous volumes  after 1  (down)\n"
        " 3  stop app-proxy-1  (down)\n"
        " 4  remove container app-proxy-1 and its anonymous volumes  after 3  (down)\n"
        " 5  stop app-db-1  after 1  (down)\n"
        " 6  remove container app-db-1 and its anonymous volumes  after 5  (down)\n"
        " 7  stop app-web-run-1  (down)\n"
        " 8  remove container app-web-run-1 and its anonymous volumes  after 7  (down)\n"
        " 9  remove network app_default  after 2, 4, 6  (down)\n"
        "10  remove volume app_data  after 6  (down --volumes)\n");
}

TEST_CASE("kill --remove-orphans takes the one-offs of services that are no more", "[plan]") {
  auto p = three();
  plan::ObservedContainer oneoff;
  oneoff.service = "gone";
  oneoff.oneoff = true;
  oneoff.summary.id = "f00";
  oneoff.summary.name = "app-gone-run-1";
  oneoff.summary.state = engine::ContainerState::running;
  p.state.oneoffs.push_back(oneoff);
  const auto killed = [&](plan::Orphans orphans) {
    return to_string(plan::plan_kill(p.project, p.state, {.orphans = orphans})).find("app-gone-run-1") !=
           std::string::npos;
  };
  CHECK(killed(plan::Orphans::remove));
  CHECK_FALSE(killed(plan::Orphans::ignore));
}

TEST_CASE("down --rmi takes images after their containers", "[plan]") {
  auto p = three();
  p.project.services["web"].image.clear();
  p.project.services["web"].build.emplace();
  p.project.services["db"].build.emplace();
  p.state.images = {{"app-web", {}}, {"img:1", {}}};
  const auto images = [&](plan::RemoveImages which) {
    std::string text;
    for (const auto& step : plan::plan_down(p.project, p.state, {.images = which}).steps) {
      if (std::holds_alternative<plan::RemoveImage>(step.action)) text += to_string(step.action) + "\n";
    }
    return text;
  };
  CHECK(images(plan::RemoveImages::none).empty());
  CHECK(images(plan::RemoveImages::local) == "remove image app-web:latest\n");
  CHECK(images(plan::RemoveImages::all) == "remove image app-web:latest\nremove image img:1\n");
  p.state.images["img:1"].labels["com.docker.compose.project"] = "app";
  CHECK(images(plan::RemoveImages::local) == "remove image app-web:latest\nremove image img:1\n");
}

TEST_CASE("start goes along the dependencies and waits for what dependents wait for", "[plan]") {
  auto p = three();
  for (auto& container : p.state.containers) container.summary.state = engine::ContainerState::exited;
  CHECK(to_string(plan::plan_start(p.project, p.state, {})) ==
        "1  start app-db-1  (start)\n"
        "2  wait for db (healthy)  after 1  (others wait for it)\n"
        "3  start app-web-1  after 2  (start)\n"
        "4  start app-proxy-1  after 3  (start)\n");
  p.state.containers.clear();
  CHECK_THROWS_MATCHES(plan::plan_start(p.project, p.state, {}), plan::PlanError,
                       Message("service \"db\" has no container to start"));
}

TEST_CASE("start of what runs already waits for what it depends on", "[plan]") {
  auto p = three();
  p.of("db").summary.health = engine::Health::unhealthy;
  CHECK(to_string(plan::plan_start(p.project, p.state, {.services = {"web"}})) ==
        "1  wait for db (healthy)  (others wait for it)\n");
  p.of("db").summary.health = engine::Health::healthy;
  const auto plan = plan::plan_start(p.project, p.state, {.services = {"proxy"}});
  CHECK(plan.steps.empty());
  REQUIRE(plan.unchanged.size() == 2);
  CHECK(plan.unchanged[1].activity == event::Activity::healthy);
}

TEST_CASE("start of a service whose dependency was removed", "[plan]") {
  auto p = three();
  std::erase_if(p.state.containers, [](const auto& container) { return container.service == "db"; });
  CHECK_THROWS_MATCHES(plan::plan_start(p.project, p.state, {.services = {"web"}}), plan::PlanError,
                       Message("web is missing dependency db"));
  p.project.services.at("web").depends_on.at("db").required = false;
  const auto plan = plan::plan_start(p.project, p.state, {.services = {"web"}});
  CHECK(plan.warnings == std::vector<std::string>{"web is missing dependency db"});
}

TEST_CASE("start asks the engine to start what is paused, which it refuses", "[plan]") {
  auto p = three();
  p.of("db").summary.state = engine::ContainerState::paused;
  CHECK(to_string(plan::plan_start(p.project, p.state, {.services = {"db"}})) ==
        "1  start app-db-1  (start)\n");
}

TEST_CASE("stop goes against the dependencies", "[plan]") {
  auto p = three();
  CHECK(to_string(plan::plan_stop(p.project, p.state, {.services = {"db", "web"}, .timeout_seconds = 1})) ==
        "1  stop app-web-1 within 1s  (stop)\n"
        "2  stop app-db-1 within 1s  after 1  (stop)\n");
}

TEST_CASE("restart takes those along that ask for it", "[plan]") {
  auto p = three();
  CHECK(to_string(plan::plan_restart(p.project, p.state, {.services = {"db"}})) ==
        "1  restart app-db-1  (restart)\n");
  p.project.services["web"].depends_on["db"].restart = true;
  CHECK(to_string(plan::plan_restart(p.project, p.state, {.services = {"db"}})) ==
        "1  restart app-db-1  (restart)\n"
        "2  wait for db (healthy)  after 1  (others wait for it)\n"
        "3  restart app-web-1  after 2  (a dependency restarted)\n");
  CHECK(
      plan::plan_restart(p.project, p.state, {.services = {"db"}, .dependencies = plan::Dependencies::leave})
          .steps.size() == 1);
}

TEST_CASE("restart keeps nobody waiting for a dependency whose restart it need not follow", "[plan]") {
  auto p = three();
  CHECK(to_string(plan::plan_restart(p.project, p.state, {.services = {"db", "web"}})) ==
        "1  restart app-db-1  (restart)\n"
        "2  restart app-web-1  (restart)\n");
}

TEST_CASE("kill, pause and unpause touch what they can", "[plan]") {
  auto p = three();
  p.of("db").summary.state = engine::ContainerState::exited;
  p.of("web").summary.state = engine::ContainerState::paused;
  CHECK(to_string(plan::plan_kill(p.project, p.state, {.signal = "SIGINT"})) ==
        "1  kill app-proxy-1 with SIGINT  (kill)\n"
        "2  kill app-web-1 with SIGINT  (kill)\n");
  // whether one is paused is the engine's to say: it answers as it does to docker compose
  CHECK(to_string(plan::plan_pause(p.project, p.state, {"proxy", "db"})) ==
        "1  pause app-proxy-1  (pause)\n");
  CHECK(to_string(plan::plan_unpause(p.project, p.state, {"web", "db"})) ==
        "1  unpause app-web-1  (unpause)\n");
}

TEST_CASE("rm takes stopped containers, or stops them first", "[plan]") {
  auto p = three();
  p.of("db").summary.state = engine::ContainerState::exited;
  CHECK(to_string(plan::plan_rm(p.project, p.state, {})) == "1  remove container app-db-1  (rm)\n");
  CHECK(to_string(plan::plan_rm(
            p.project, p.state,
            {.services = {"web"}, .stop = plan::StopFirst::yes, .volumes = plan::VolumeRemoval::remove})) ==
        "1  stop app-web-1  (stop)\n"
        "2  remove container app-web-1 and its anonymous volumes  after 1  (rm)\n");
}

TEST_CASE("pull says what it leaves out and why", "[plan]") {
  Planning p;
  p.service("a").image = "x:1";
  p.service("b").image = "x:1";
  p.service("c").image.clear();
  p.project.services["c"].build.emplace();
  const auto plan = plan::plan_pull(p.project, p.state, {});
  CHECK(to_string(plan) == "1  pull image x:1  (pull)\n");
  REQUIRE(plan.unchanged.size() == 2);
  CHECK(plan.unchanged[0].detail == "Image is already being pulled by a");
  CHECK(plan.unchanged[1].detail == "No image to be pulled");
}

TEST_CASE("a build waits for the service whose image it builds on", "[plan]") {
  Planning p;
  p.service("app").build.emplace().additional_contexts["base"] = "service:lib";
  p.service("lib").build.emplace();
  p.project.services["lib"].image = "lib:1";
  p.project.services["app"].image = "app:1";
  CHECK(to_string(plan::plan_build(p.project, p.state, {.services = {"app"}})) ==
        "1  build image lib:1  (build)\n"
        "2  build image app:1  after 1  (build)\n");
}

TEST_CASE("a build for platforms without the default one is refused", "[plan]") {
  Planning p;
  p.service("app").build.emplace().platforms = {"linux/amd64", "linux/arm64"};
  p.project.environment["DOCKER_DEFAULT_PLATFORM"] = "linux/arm64";
  CHECK(plan::plan_build(p.project, p.state, {}).steps.size() == 1);
  p.project.environment["DOCKER_DEFAULT_PLATFORM"] = "linux/s390x";
  CHECK_THROWS_AS(plan::plan_build(p.project, p.state, {}), plan::PlanError);
}
