// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "planning.hpp"
#include "unit/exec/stack.hpp"

using namespace crstack;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::Message;
using Catch::Matchers::MessageMatches;
using test::Planning;

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

TEST_CASE("whether the engine is a swarm's node is asked once for all networks that are not there",
          "[plan]") {
  test::Stack stack;
  for (const auto* key : {"a", "b", "c"})
    stack.project.networks[key] = {.key = key, .name = key, .external = true};
  stack.observe();
  const auto calls = stack.engine.calls();
  CHECK(std::count(calls.begin(), calls.end(), "is_swarm_node") == 1);
}
