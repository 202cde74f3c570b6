// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include "crstack/plan/image_reference.hpp"
#include "planning.hpp"

using namespace crstack;
using Catch::Matchers::Message;
using plan::UpOptions;
using test::Planning;

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
                         Message("Error response from daemon: No such image: other:2 "
                                 "(of service web, and its pull policy is never)"));
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
