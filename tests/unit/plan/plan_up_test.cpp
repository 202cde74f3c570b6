// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "crstack/plan/image_reference.hpp"
#include "planning.hpp"

using namespace crstack;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::Message;
using Catch::Matchers::MessageMatches;
using plan::UpOptions;
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

TEST_CASE("a changed key recreates its service and nothing else", "[plan]") {
  Planning p;
  p.service("db");
  p.service("web");
  p.depends("web", "db");
  p.converged();
  p.of("web").summary.labels[plan::labels::config_hash] = "older";
  CHECK(to_string(p.up()) ==
        "1  create container app-web-1 as 20123456789a_app-web-1  (configuration changed)\n"
        "2  stop app-web-1  after 1  (configuration changed)\n"
        "3  remove container app-web-1  after 1, 2  (configuration changed)\n"
        "4  rename container to app-web-1  after 3  (configuration changed)\n"
        "5  start app-web-1  after 4  (configuration changed)\n");
}

TEST_CASE("why a container is recreated", "[plan]") {
  Planning p;
  p.volume("data");
  p.service("web").volumes = {Planning::mount("data", "/data")};
  p.converged();
  auto& summary = p.of("web").summary;
  SECTION("image") {
    summary.labels[plan::labels::image] = "sha256:old";
    CHECK(p.up().steps.at(0).cause == "image changed");
  }
  SECTION("image, made by a tool that has no image label") {
    summary.labels.erase(plan::labels::image);
    summary.image_id = "sha256:old";
    CHECK(p.up().steps.at(0).cause == "image changed");
  }
  SECTION("network") {
    summary.networks.clear();
    CHECK(p.up().steps.at(0).cause == "not on network app_default");
  }
  SECTION("a stopped container's network was removed") {
    summary.state = engine::ContainerState::exited;
    p.state.networks.clear();
    CHECK(p.up().steps.at(1).cause == "network app_default was removed");
  }
  SECTION("a stopped container's network was removed and made again") {
    summary.state = engine::ContainerState::exited;
    summary.networks["app_default"] = "an-older-one";
    CHECK(p.up().steps.at(0).cause == "network app_default was removed");
  }
  SECTION("a network that a container was made for, but is gone before its first start") {
    summary.state = engine::ContainerState::created;
    summary.networks["app_default"] = "";
    p.state.networks.clear();
    CHECK(to_string(p.up()) ==
          "1  create network app_default  (not there)\n"
          "2  start app-web-1  after 1  (never started)\n");
  }
  SECTION("a stopped container has no networks to compare") {
    summary.networks.clear();
    summary.state = engine::ContainerState::exited;
    CHECK(to_string(p.up()) == "1  start app-web-1  (not running)\n");
  }
  SECTION("volume") {
    summary.mounts.clear();
    CHECK(p.up().steps.at(0).cause == "volume app_data not mounted");
  }
  SECTION("asked for") {
    CHECK(p.up({.recreate = plan::Recreate::always}).steps.at(0).cause == "asked for");
  }
  SECTION("forbidden") {
    summary.mounts.clear();
    CHECK(p.up({.recreate = plan::Recreate::never}).empty());
  }
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

TEST_CASE("who depends on a recreated service with restart is stopped before and started after", "[plan]") {
  Planning p;
  p.service("db");
  p.service("web");
  p.service("idle");
  p.depends("web", "db");
  p.depends("idle", "db");
  p.project.services["web"].depends_on["db"].restart = true;
  p.converged();
  p.of("db").summary.labels[plan::labels::config_hash] = "older";
  CHECK(to_string(p.up()) ==
        "1  stop app-web-1  (service db recreated)\n"
        "2  create container app-db-1 as 10123456789a_app-db-1  (configuration changed)\n"
        "3  stop app-db-1  after 1, 2  (configuration changed)\n"
        "4  remove container app-db-1  after 2, 3  (configuration changed)\n"
        "5  rename container to app-db-1  after 4  (configuration changed)\n"
        "6  start app-db-1  after 5  (configuration changed)\n"
        "7  start app-web-1  after 1, 6  (service db recreated)\n");
}

TEST_CASE("who shares a namespace with a recreated service is recreated, also after a run cut short",
          "[plan]") {
  Planning p;
  p.service("vpn");
  auto& web = p.service("web");
  web.network_mode = "service:vpn";
  web.networks.clear();
  p.depends("web", "vpn");
  p.converged();
  CHECK(p.up().empty());
  SECTION("in this plan") {
    p.of("vpn").summary.labels[plan::labels::config_hash] = "older";
    const auto plan = p.up();
    REQUIRE(plan.steps.size() == 10);
    CHECK(plan.steps[5].cause == "service vpn recreated");
    const auto& create = std::get<plan::CreateContainer>(plan.steps[5].action);
    CHECK(create.spec->network_mode == "container:app-vpn-1");
    CHECK(plan.steps[5].depends_on == std::vector<plan::StepId>{4});
  }
  SECTION("by an earlier one") {
    p.of("vpn").summary.created = 200;
    CHECK(p.up().steps.at(0).cause == "service vpn recreated");
  }
}

TEST_CASE("who shares with a service that is scaled to nothing can't go on", "[plan]") {
  Planning p;
  p.service("vpn");
  p.service("sharer").networks.clear();
  p.depends("sharer", "vpn");
  p.service("friend");
  p.depends("friend", "vpn");
  auto& sharer = p.service("sharer");
  SECTION("its network") {
    sharer.network_mode = "service:vpn";
    p.converged();
    CHECK_THROWS_MATCHES(p.up({.scale = {{"vpn", 0}}}), plan::PlanError,
                         Message("cannot share network namespace with service vpn: container missing"));
  }
  SECTION("its volumes") {
    sharer.volumes_from = {"vpn"};
    p.converged();
    CHECK_THROWS_MATCHES(p.up({.recreate = plan::Recreate::always, .scale = {{"vpn", 0}}}), plan::PlanError,
                         Message("cannot share volume with service vpn: container missing"));
  }
  const auto plan = p.up({.services = {"friend"}, .scale = {{"vpn", 0}}});
  CHECK(to_string(plan) ==
        "1  stop app-vpn-1  (scale 0)\n2  remove container app-vpn-1  after 1  (scale 0)\n");
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

TEST_CASE("where an engine removes nothing that another one shares, who shares goes first", "[plan]") {
  Planning p;
  p.state.removal_order = engine::RemovalOrder::sharers_first;
  p.service("vpn");
  auto& web = p.service("web");
  web.network_mode = "service:vpn";
  web.networks.clear();
  p.depends("web", "vpn");
  p.converged();
  p.of("vpn").summary.labels[plan::labels::config_hash] = "older";
  CHECK(to_string(p.up()) ==
        "1  stop app-web-1  (service vpn recreated)\n"
        "2  remove container app-web-1  after 1  (service vpn recreated)\n"
        "3  create container app-vpn-1 as 10123456789a_app-vpn-1  (configuration changed)\n"
        "4  stop app-vpn-1  after 2, 3  (configuration changed)\n"
        "5  remove container app-vpn-1  after 2, 3, 4  (configuration changed)\n"
        "6  rename container to app-vpn-1  after 5  (configuration changed)\n"
        "7  start app-vpn-1  after 6  (configuration changed)\n"
        "8  create container app-web-1  after 2, 6  (service vpn recreated)\n"
        "9  start app-web-1  after 7, 8  (service vpn recreated)\n");
  CHECK(to_string(plan::plan_down(p.project, p.state, {})) ==
        "1  stop app-web-1  (down)\n"
        "2  remove container app-web-1  after 1  (down)\n"
        "3  stop app-vpn-1  after 1  (down)\n"
        "4  remove container app-vpn-1  after 2, 3  (down)\n"
        "5  remove network app_default  after 4  (down)\n");
  plan::UpOptions alone;
  alone.services = {"vpn"};
  CHECK_THROWS_WITH(
      p.up(alone),
      "service \"vpn\" can't be recreated alone: \"web\" shares with it, and this engine removes "
      "no container that another one shares");
}

TEST_CASE("anonymous volumes move to the new container, unless they are to be new", "[plan]") {
  Planning p;
  p.service("web").volumes = {Planning::mount("", "/cache")};
  p.converged();
  p.of("web").summary.labels[plan::labels::config_hash] = "older";
  const auto mounts = [&](plan::AnonymousVolumes anonymous) {
    const auto plan = p.up({.anonymous_volumes = anonymous});
    return std::get<plan::CreateContainer>(plan.steps.at(0).action).spec->mounts;
  };
  REQUIRE(mounts(plan::AnonymousVolumes::keep).size() == 1);
  CHECK(mounts(plan::AnonymousVolumes::keep)[0].source == "anonymous");
  REQUIRE(mounts(plan::AnonymousVolumes::renew).size() == 1);
  CHECK(mounts(plan::AnonymousVolumes::renew)[0].source.empty());
}

TEST_CASE("a volume that the image declares moves as well, one that nobody declares any more does not",
          "[plan]") {
  Planning p;
  p.service("web");
  p.converged();
  auto& summary = p.of("web").summary;
  summary.labels[plan::labels::config_hash] = "older";
  summary.mounts.push_back(
      {.type = "volume", .name = "old-one", .source = "", .destination = "/db", .driver = ""});
  const auto mounts = [&] { return std::get<plan::CreateContainer>(p.up().steps.at(0).action).spec->mounts; };
  CHECK(mounts().empty());
  p.state.images["img:1"].volumes = {"/db"};
  REQUIRE(mounts().size() == 1);
  CHECK(mounts()[0].source == "old-one");
}

TEST_CASE("a recreation that was cut short", "[plan]") {
  Planning p;
  p.service("web");
  p.there(p.project.networks.at("default"));
  SECTION("before the old one went: the half-made one goes") {
    p.container("web");
    auto& half = p.container("web");
    half.summary.name = "0123456789ab_app-web-1";
    half.summary.state = engine::ContainerState::created;
    CHECK(to_string(p.up()) ==
          "1  stop 0123456789ab_app-web-1  (left over from a recreation)\n"
          "2  remove container 0123456789ab_app-web-1  after 1  (left over from a recreation)\n");
  }
  SECTION(
      "and the old one is still to be recreated: the half-made one has its temporary name, and goes first") {
    const std::string id = p.container("web").id().substr(0, 12);
    p.of("web").summary.labels[plan::labels::config_hash] = "older";
    p.container("web").summary.name = id + "_app-web-1";
    CHECK(to_string(p.up()).starts_with(
        "1  stop 10123456789a_app-web-1  (left over from a recreation)\n"
        "2  remove container 10123456789a_app-web-1  after 1  (left over from a recreation)\n"
        "3  create container app-web-1 as 10123456789a_app-web-1  after 2  (configuration changed)\n"));
  }
  SECTION("after the old one went: the new one gets its name") {
    auto& half = p.container("web");
    half.summary.name = "0123456789ab_app-web-1";
    half.summary.state = engine::ContainerState::created;
    CHECK(to_string(p.up()) ==
          "1  rename container to app-web-1  (its recreation was cut short)\n"
          "2  start app-web-1  after 1  (its recreation was cut short)\n");
  }
  SECTION("after its creation: it is started") {
    p.container("web").summary.state = engine::ContainerState::created;
    CHECK(to_string(p.up()) == "1  start app-web-1  (never started)\n");
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

TEST_CASE("anonymous volumes asked for anew recreate the services that are named", "[plan]") {
  Planning p;
  p.service("db");
  p.service("web");
  p.depends("web", "db", Condition::started);
  p.converged();
  CHECK(
      to_string(p.up({.services = {"web"}, .anonymous_volumes = plan::AnonymousVolumes::renew})).find("db") ==
      std::string::npos);
  CHECK(p.up({.services = {"web"}, .anonymous_volumes = plan::AnonymousVolumes::renew}).steps.size() == 5);
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

TEST_CASE("what is external and missing is told before anything starts", "[plan]") {
  Planning p;
  p.service("web");
  p.project.networks["default"].external = true;
  CHECK_THROWS_MATCHES(p.up(), plan::PlanError,
                       Message("network app_default declared as external, but could not be found"));
  p.state.swarm_node = true;  // which learns of it when it makes use of it
  CHECK(p.up().steps.size() == 2);
  p.state.swarm_node = false;
  p.there(p.project.networks["default"]);
  CHECK(p.up().steps.size() == 2);
  p.volume("data").external = true;
  p.project.services["web"].volumes = {Planning::mount("data", "/data")};
  CHECK_THROWS_MATCHES(p.up(), plan::PlanError, Message("external volume \"app_data\" not found"));
}

namespace {

/// web depends on db; both run on a network that the manifest describes otherwise by now.
Planning on_a_changed_network() {
  Planning p;
  p.service("db");
  p.service("web");
  p.depends("web", "db");
  p.converged();
  p.state.networks["app_default"][0].labels[plan::labels::config_hash] = "older";
  return p;
}

}  // namespace

TEST_CASE("a changed network is made anew, and who was on it joins the new one", "[plan]") {
  auto p = on_a_changed_network();
  CHECK(plan::changed_resources(p.project, p.state, {}).networks == std::vector<std::string>{"app_default"});
  CHECK(to_string(p.up()) ==
        "1  stop app-web-1  (network app_default changed)\n"
        "2  stop app-db-1  after 1  (network app_default changed)\n"
        "3  remove network app_default  after 1, 2  (network app_default changed)\n"
        "4  create network app_default  after 3  (network app_default changed)\n"
        "5  connect app-db-1 to network app_default  after 2, 4  (network app_default changed)\n"
        "6  start app-db-1  after 2, 4, 5  (network recreated)\n"
        "7  connect app-web-1 to network app_default  after 1, 4  (network app_default changed)\n"
        "8  start app-web-1  after 1, 4, 6, 7  (network recreated)\n");
  const auto plan = p.up();
  const auto& connect = std::get<plan::ConnectNetwork>(plan.steps.at(4).action);
  CHECK(connect.endpoint.aliases == std::vector<std::string>{"app-db-1", "db"});
}

TEST_CASE("a changed network stays where its containers may not or can't be interrupted", "[plan]") {
  auto p = on_a_changed_network();
  const std::string left =
      "network \"app_default\" exists but doesn't match configuration in compose file; "
      "it is left as it is";
  const auto kept = p.up({.kept_networks = {"app_default"}});
  CHECK(kept.empty());
  CHECK(kept.warnings == std::vector{left});
  const auto without_web = p.up({.services = {"db"}});
  CHECK(without_web.empty());
  CHECK(without_web.warnings == std::vector{left + ", since app-web-1 is on it"});
  CHECK(plan::changed_resources(p.project, p.state, {.services = {"db"}}).networks.empty());
  p.of("web").summary.state = engine::ContainerState::exited;
  CHECK(p.up({.services = {"db"}}).warnings.empty());
  p.state.networks["app_default"][0].containers = {{p.of("db").id(), "app-db-1"}, {"f0", "of-nobody"}};
  CHECK(p.up().warnings == std::vector{left + ", since of-nobody is on it"});
}

TEST_CASE("an engine that removes no network of what doesn't run has it disconnected first", "[plan]") {
  auto p = on_a_changed_network();
  p.state.removal_order = engine::RemovalOrder::sharers_first;
  p.of("web").summary.state = engine::ContainerState::exited;
  CHECK(to_string(p.up({.start = plan::Start::no})) ==
        "1  disconnect app-web-1 from network app_default  (network app_default changed)\n"
        "2  stop app-db-1  (network app_default changed)\n"
        "3  disconnect app-db-1 from network app_default  after 2  (network app_default changed)\n"
        "4  remove network app_default  after 1, 3  (network app_default changed)\n"
        "5  create network app_default  after 4  (network app_default changed)\n"
        "6  connect app-db-1 to network app_default  after 2, 5  (network app_default changed)\n"
        "7  connect app-web-1 to network app_default  after 5  (network app_default changed)\n");
}

TEST_CASE("a changed volume is made anew only with consent", "[plan]") {
  Planning p;
  p.volume("data");
  p.service("db").volumes = {Planning::mount("data", "/data")};
  p.converged();
  p.state.volumes["app_data"].labels[plan::labels::config_hash] = "older";
  CHECK(plan::changed_resources(p.project, p.state, {}).volumes == std::vector<std::string>{"app_data"});
  CHECK(p.up().empty());
  CHECK(p.up().warnings.size() == 1);
  CHECK(to_string(p.up({.renewable_volumes = {"app_data"}})) ==
        "1  stop app-db-1  (volume app_data changed)\n"
        "2  remove container app-db-1  after 1  (volume app_data changed)\n"
        "3  remove volume app_data  after 2  (volume app_data changed)\n"
        "4  create volume app_data  after 3  (volume app_data changed)\n"
        "5  create container app-db-1  after 2, 4  (volume recreated)\n"
        "6  start app-db-1  after 5  (volume recreated)\n");
  p.service("backup").volumes = {Planning::mount("data", "/data")};
  const auto mounts = p.of("db").summary.mounts;
  p.container("backup").summary.mounts = mounts;
  const auto beside = p.up({.services = {"db"}, .renewable_volumes = {"app_data"}});
  CHECK(beside.empty());
  CHECK(beside.warnings ==
        std::vector<std::string>{
            "volume \"app_data\" exists but doesn't match configuration in compose file; it "
            "is left as it is, since app-backup-1 uses it"});
}

TEST_CASE("secrets are made once, before who needs them", "[plan]") {
  Planning p;
  p.volume("data");
  auto& db = p.service("db");
  db.volumes = {Planning::mount("data", "/data")};
  db.secrets = {{.source = "pw", .target = "", .uid = "", .gid = "", .mode = {}}};
  p.project.secrets["pw"] = {.key = "pw", .name = "pw", .file = "/app/secrets/pw", .generate_length = 24};
  const auto first = p.up();
  CHECK(to_string(first).starts_with("1  generate secret pw  (no file yet)\n"));
  CHECK(first.steps.at(3).depends_on == std::vector<plan::StepId>{1, 2, 3});
  p.there(p.project.volumes["data"]);
  CHECK_THROWS_MATCHES(
      p.up(), plan::PlanError,
      Message("The secret pw has no file any more (/app/secrets/pw), but the volume app_data of "
              "service db was set up with it."));
  p.state.present_files = {"/app/secrets/pw"};
  CHECK(to_string(p.up()).starts_with("1  create network app_default"));
}

TEST_CASE("a secret's file that is not there is told before anything starts", "[plan]") {
  Planning p;
  p.service("db").secrets = {{.source = "pw", .target = "", .uid = "", .gid = "", .mode = {}}};
  p.project.secrets["pw"] = {.key = "pw", .name = "pw", .file = "/app/pw"};
  CHECK_THROWS_MATCHES(p.up(), plan::PlanError,
                       Message("invalid mount config for type \"bind\": bind source path does not exist: "
                               "/app/pw (the file of the secret pw of service db)"));
}

TEST_CASE("when an image is pulled or built", "[plan]") {
  Planning p;
  auto& web = p.service("web");
  web.image = "other:2";
  const auto images = [&](const UpOptions& options = {}) {
    std::string text;
    for (const auto& step : p.up(options).steps) {
      const bool about_image = std::holds_alternative<plan::PullImage>(step.action) ||
                               std::holds_alternative<plan::BuildImage>(step.action);
      if (about_image) text += to_string(step.action) + " (" + step.cause + ")\n";
    }
    return text;
  };
  SECTION("missing") {
    CHECK(images() == "pull image other:2 (not there)\n");
  }
  SECTION("never") {
    web.pull_policy = "never";
    CHECK_THROWS_MATCHES(p.up(), plan::PlanError,
                         Message("No such image: other:2 (of service web, and its pull policy is never)"));
  }
  SECTION("there") {
    p.image("other:2", "sha256:two");
    CHECK(images().empty());
    CHECK(images({.pull = "always"}) == "pull image other:2 (pull policy always)\n");
    CHECK(images({.images = UpOptions::Images::settled, .pull = "always"}).empty());
  }
  SECTION("by age") {
    p.image("other:2", "sha256:two");
    web.pull_policy = "every_2h";
    p.state.now = engine::WallTime(std::chrono::hours(100));
    p.state.images["other:2"].last_tagged = engine::WallTime(std::chrono::hours(99));
    CHECK(images().empty());
    p.state.images["other:2"].last_tagged = engine::WallTime(std::chrono::hours(97));
    CHECK(images() == "pull image other:2 (pull policy every_2h)\n");
  }
  SECTION("built where it is missing") {
    web.build.emplace();
    CHECK(images() == "pull image other:2 (not there)\nbuild image other:2 (where the pull fails)\n");
    CHECK(images({.build = plan::BuildMode::never}) == "pull image other:2 (not there)\n");
    web.pull_policy = "build";
    CHECK(images() == "build image other:2 (pull policy build)\n");
    web.pull_policy.clear();
    web.image.clear();
    CHECK(images() == "build image app-web (not there)\n");
  }
  SECTION("all builds wait for the pulls that may save one") {
    web.build.emplace();
    auto& other = p.service("aaa");
    other.image.clear();
    other.build.emplace();
    CHECK(to_string(plan::plan_refresh(p.project, p.state, {})).empty());
    p.converged();
    p.state.images.clear();
    CHECK(to_string(plan::plan_refresh(p.project, p.state, {})) ==
          "1  pull image other:2  (not there)\n"
          "2  build image app-aaa  after 1  (not there)\n"
          "3  build image other:2  after 1  (where the pull fails)\n");
  }
  SECTION("built for the platform that it will run on here") {
    web.build.emplace();
    web.build->platforms = {"linux/amd64", "linux/arm64"};
    const auto built = [&] {
      for (const auto& step : p.up({.build = plan::BuildMode::always}).steps)
        if (const auto* build = std::get_if<plan::BuildImage>(&step.action)) return *build;
      return plan::BuildImage{};
    };
    CHECK(built().platform.empty());
    CHECK(built().build->platforms.empty());
    p.project.environment["DOCKER_DEFAULT_PLATFORM"] = "linux/arm64";
    CHECK(built().platform == "linux/arm64");
    p.project.environment["DOCKER_DEFAULT_PLATFORM"] = "linux/s390x";
    CHECK_THROWS_MATCHES(built(), plan::PlanError,
                         Message("service \"web\" build.platforms does not support value set by "
                                 "DOCKER_DEFAULT_PLATFORM: linux/s390x"));
  }
  SECTION("built when asked for") {
    web.build.emplace();
    p.image("other:2", "sha256:two");
    CHECK(images().empty());
    CHECK(images({.build = plan::BuildMode::always}) == "build image other:2 (asked for)\n");
  }
  SECTION("an image of several services is pulled once") {
    p.service("two").image = "other:2";
    CHECK(images() == "pull image other:2 (not there)\n");
  }
}

TEST_CASE("images that decide about existing containers come first", "[plan]") {
  Planning p;
  p.service("web");
  p.converged();
  p.service("fresh").image = "other:2";
  CHECK(to_string(plan::plan_refresh(p.project, p.state, {.pull = "always"})) ==
        "1  pull image img:1  (pull policy always)\n");
  CHECK(plan::plan_refresh(p.project, p.state, {}).empty());
}

TEST_CASE("nothing that is there is touched before all images are", "[plan]") {
  Planning p;
  p.volume("data");
  p.service("web").volumes = {Planning::mount("data", "/data")};
  p.service("two");
  p.converged();
  p.container("two", 2);
  p.container("gone");
  p.project.services.at("two").config_hash = "changed";
  p.state.volumes["app_data"].labels[plan::labels::config_hash] = "older";
  p.service("fresh").image = "other:2";
  CHECK(to_string(p.up({.orphans = plan::Orphans::remove, .renewable_volumes = {"app_data"}})) ==
        " 1  pull image other:2  (not there)\n"
        " 2  stop app-web-1  after 1  (volume app_data changed)\n"
        " 3  remove container app-web-1  after 2  (volume app_data changed)\n"
        " 4  remove volume app_data  after 1, 3  (volume app_data changed)\n"
        " 5  create volume app_data  after 4  (volume app_data changed)\n"
        " 6  stop app-gone-1  after 1  (orphan)\n"
        " 7  remove container app-gone-1  after 6  (orphan)\n"
        " 8  create container app-fresh-1  after 1  (not there)\n"
        " 9  start app-fresh-1  after 8  (not there)\n"
        "10  create container app-two-1 as 10123456789a_app-two-1  after 1  (configuration changed)\n"
        "11  stop app-two-1  after 10  (configuration changed)\n"
        "12  remove container app-two-1  after 10, 11  (configuration changed)\n"
        "13  rename container to app-two-1  after 12  (configuration changed)\n"
        "14  start app-two-1  after 13  (configuration changed)\n"
        "15  stop app-two-2  after 1  (scale 1)\n"
        "16  remove container app-two-2  after 15  (scale 1)\n"
        "17  create container app-web-1  after 3, 5  (volume recreated)\n"
        "18  start app-web-1  after 17  (volume recreated)\n");
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

TEST_CASE("scale leaves no container that differs from those it makes", "[plan]") {
  Planning p;
  p.service("web");
  p.converged();
  p.of("web").summary.labels[plan::labels::config_hash] = "older";
  const auto text = to_string(plan::plan_scale(p.project, p.state, {.scale = {{"web", 2}}}));
  CHECK_THAT(text, ContainsSubstring(
                       "create container app-web-1 as 10123456789a_app-web-1  (configuration changed)"));
  CHECK_THAT(text, ContainsSubstring("create container app-web-2"));
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

TEST_CASE("a network that is not the project's own is an error, another project's of the same key a warning",
          "[plan]") {
  Planning p;
  p.service("web");
  p.there(p.project.networks["default"]);
  auto& labels = p.state.networks["app_default"][0].labels;
  labels[plan::labels::network] = "other";
  CHECK_THROWS_MATCHES(p.up(), plan::PlanError, MessageMatches(ContainsSubstring("incorrect label")));
  labels.clear();
  CHECK_THROWS_MATCHES(p.up(), plan::PlanError, MessageMatches(ContainsSubstring("incorrect label")));
  labels = {{plan::labels::network, "default"}, {plan::labels::project, "other"}};
  CHECK(p.up().warnings.size() == 1);
}

TEST_CASE("what can't be the name of an image is told before anything is made or pulled", "[plan]") {
  const std::pair<const char*, const char*> wrong[] = {
      {"nginx:", "invalid reference format"},
      {":latest", "invalid reference format"},
      {"nginx:1:2", "invalid reference format"},
      {"a b", "invalid reference format"},
      {"http://x/y", "invalid reference format"},
      {"x/apps:|version|", "invalid reference format"},
      {"x@sha256:12", "invalid reference format"},
      {"-x", "invalid reference format"},
      {"Web", "invalid reference format: repository name (library/Web) must be lowercase"},
      {"example.org/Team/web:1", "invalid reference format: repository name (Team/web) must be lowercase"},
  };
  for (const auto& [image, problem] : wrong) CHECK(plan::reference_problem(image) == problem);
  const std::string digest = "@sha256:" + std::string(64, 'a');
  for (const std::string image : {"nginx", "nginx:1.27-alpine", "a/b_c/d__e:F_1", "localhost/x",
                                  "localhost:5000/a--b/c.d:v", "EXAMPLE.org/x", "[::1]:5000/x"}) {
    CHECK(plan::reference_problem(image).empty());
    CHECK(plan::reference_problem(image + digest).empty());
  }
  Planning p;
  p.service("web").image = "nginx:";
  CHECK_THROWS_WITH(p.up(), "unable to get image 'nginx:': invalid reference format");
  CHECK_THROWS_WITH(plan::plan_pull(p.project, p.state, {}),
                    "unable to get image 'nginx:': invalid reference format");
}
