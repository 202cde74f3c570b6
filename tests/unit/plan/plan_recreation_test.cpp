// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "planning.hpp"

using namespace crstack;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::Message;
using project::Condition;
using test::Planning;

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
