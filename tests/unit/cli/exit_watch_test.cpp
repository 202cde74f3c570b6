// SPDX-License-Identifier: MIT
#include "cli/foreground/exit_watch.hpp"

#include <catch2/catch_test_macros.hpp>

#include "cli/project_containers.hpp"
#include "support/fake_engine.hpp"

using namespace crstack;
using namespace crstack::test;

namespace {

std::string start(FakeEngine& fake, const std::string& service) {
  engine::ContainerSpec spec;
  spec.name = "app-" + service + "-1";
  spec.image = "busybox";
  spec.labels = {{"com.docker.compose.project", "app"},
                 {"com.docker.compose.service", service},
                 {"com.docker.compose.oneoff", "False"}};
  std::vector<std::string> warnings;
  const auto id = fake.create_container(spec, warnings);
  fake.start_container(id);
  return id;
}

std::stop_token stopped() {
  std::stop_source source;
  source.request_stop();
  return source.get_token();
}

}  // namespace

TEST_CASE("an exit is told by its event", "[cli]") {
  FakeEngine fake;
  fake.add_image("busybox");
  cli::ExitWatch watch(fake, "app");
  fake.exit_container(start(fake, "web"), 3);
  const auto exit = watch.first([](const auto&) { return true; }, {});
  REQUIRE(exit);
  CHECK(exit->service == "web");
  CHECK(exit->code == 3);
}

TEST_CASE("what has ended without an event being here is taken up, but not what runs or is gone", "[cli]") {
  FakeEngine fake;
  fake.add_image("busybox");
  const auto early = start(fake, "early");
  const auto running = start(fake, "running");
  fake.exit_container(early, 7);  // before anybody listens
  cli::ExitWatch watch(fake, "app");
  const auto any = [](const auto&) { return true; };
  REQUIRE_FALSE(watch.first(any, stopped()));
  watch.catch_up({running, "gone", early});
  const auto exit = watch.first(any, stopped());
  REQUIRE(exit);
  CHECK(exit->service == "early");
  CHECK(watch.code_of("early") == 7);
  CHECK_FALSE(watch.code_of("running"));
}

TEST_CASE("what the engine restarts lives on, what has ended or is gone does not", "[cli]") {
  FakeEngine fake;
  fake.add_image("busybox");
  const auto id = start(fake, "web");
  CHECK(cli::lives_on(fake, id));
  fake.exit_container(id, 0);
  CHECK_FALSE(cli::lives_on(fake, id));
  CHECK_FALSE(cli::lives_on(fake, "gone"));
}
