// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>

#include "planning.hpp"

using namespace crstack;
using test::Planning;

namespace {

/// db: on a network of its own, with a volume; web: of an image that is not there.
Planning db_and_web() {
  Planning p;
  p.network("back");
  p.volume("data");
  auto& db = p.service("db");
  db.networks = {{"back", {}}};
  db.volumes = {Planning::mount("data", "/data")};
  p.service("web").image = "elsewhere:1";
  return p;
}

const char* const text_of_up =
    "1  pull image elsewhere:1  (not there)\n"
    "2  create network app_back  (not there)\n"
    "3  create network app_default  (not there)\n"
    "4  create volume app_data  (not there)\n"
    "5  create container app-db-1  after 2, 4  (not there)\n"
    "6  start app-db-1  after 5  (not there)\n"
    "7  create container app-web-1  after 1, 3  (not there)\n"
    "8  start app-web-1  after 7  (not there)\n";

}  // namespace

TEST_CASE("what an up made is taken back as far as nothing needs it", "[plan]") {
  auto p = db_and_web();
  const auto up = plan::plan_up(p.project, p.state, {});
  REQUIRE(to_string(up) == text_of_up);
  const auto text = [&](const std::set<plan::StepId>& made) {
    return to_string(plan::plan_take_back(up, made, "no image"));
  };
  CHECK(text({}).empty());
  CHECK(text({2, 3, 4}) ==
        "1  remove volume app_data  (no image)\n"
        "2  remove network app_default  (no image)\n"
        "3  remove network app_back  (no image)\n");
  CHECK(text({2, 3, 4, 5}) ==
        "1  remove container app-db-1 and its anonymous volumes  (no image)\n"
        "2  remove volume app_data  (no image)\n"
        "3  remove network app_default  (no image)\n"
        "4  remove network app_back  (no image)\n");
  CHECK(text({2, 3, 4, 5, 6}) == "1  remove network app_default  (no image)\n");
  CHECK(text({2, 4, 5, 6}).empty());  // app_default was made by somebody else
}

TEST_CASE("what took the place of something is not taken back", "[plan]") {
  auto p = db_and_web();
  p.converged();
  p.state.images.erase("elsewhere:1");
  p.project.services.at("db").config_hash = "changed";
  p.project.networks.at("default").config_hash = "changed";
  const auto up = plan::plan_up(p.project, p.state, {});
  std::set<plan::StepId> made;
  for (const auto& step : up.steps)
    if (!std::holds_alternative<plan::PullImage>(step.action)) made.insert(step.id);
  CHECK(plan::plan_take_back(up, made, "no image").empty());
}
