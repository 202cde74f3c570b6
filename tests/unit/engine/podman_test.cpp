// SPDX-License-Identifier: MIT
#include <array>
#include <catch2/catch_test_macros.hpp>

#include "daemon_answers.hpp"

using namespace crstack;
using engine::ErrorKind;
using test::chunk;
using test::chunked_head;
using test::connect;
using test::decoded;
using test::error_of;
using test::FakeDaemon;
using test::frame;
using Then = FakeDaemon::Then;

namespace {

constexpr const char* podman_ping =
    "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nLibpod-Api-Version: 4.3.1\r\nContent-Length: 2\r\n\r\nOK";

}  // namespace

TEST_CASE("a Podman's logs are waited for behind the back of who opens them", "[engine]") {
  FakeDaemon daemon;
  daemon.answer("GET /_ping", {podman_ping});
  daemon.answer("GET /v1.41/containers/silent/logs", {}, FakeDaemon::Then::hang);
  daemon.answer("GET /v1.41/containers/web/logs", {chunked_head() + chunk(frame(1, "one\n")) + chunk("")});
  daemon.answer_json("GET /v1.41/containers/gone/logs", 404, R"({"message":"No such container: gone"})");
  engine::LogOptions options;
  options.tty = false;
  const auto engine = connect(daemon);
  const auto silent = engine->open_logs("silent", options);  // no header comes before there is a line
  const auto stream = engine->open_logs("web", options);
  std::string all;
  std::array<char, 5> buffer{};
  while (const auto got = stream->read(buffer.data(), buffer.size())) all.append(buffer.data(), got);
  CHECK(all == frame(1, "one\n"));
  const auto gone = engine->open_logs("gone", options);
  CHECK(error_of([&] { (void)gone->read(buffer.data(), buffer.size()); }).kind() == ErrorKind::not_found);
}

TEST_CASE("a Podman gets no variables without a value, which is told where it matters, and a time to stop",
          "[engine]") {
  FakeDaemon daemon;
  daemon.answer("GET /_ping", {podman_ping});
  daemon.answer_json("GET /v1.41/images/busybox/json", 200, R"({"Id":"i","Config":{"Env":["PATH=/bin"]}})");
  daemon.answer_json("POST /v1.41/containers/create", 201, R"({"Id":"c1"})");
  daemon.answer_json("POST /v1.41/containers/c1/exec", 201, R"({"Id":"x1"})");
  const auto engine = connect(daemon);
  engine::ContainerSpec spec;
  spec.image = "busybox";
  spec.environment = {"A=1", "NOWHERE", "PATH"};
  std::vector<std::string> warnings;
  engine->create_container(spec, warnings);
  CHECK(daemon.requests().back().body.find(R"("Env":["A=1"])") != std::string::npos);
  CHECK(daemon.requests().back().body.find(R"("StopTimeout":10)") != std::string::npos);
  CHECK(warnings ==
        std::vector<std::string>{"environment: Podman can't unset PATH, which stays as the image has it"});
  engine::ExecSpec command;
  command.environment = {"NOWHERE", "B=2"};
  engine->create_exec("c1", command);
  CHECK(daemon.requests().back().body.find(R"("Env":["B=2"])") != std::string::npos);
}

TEST_CASE("a Podman's images without a registry answer to their short names", "[engine]") {
  const auto tags_on = [](const std::string& ping) {
    FakeDaemon daemon;
    daemon.answer("GET /_ping", {ping});
    daemon.answer_json("GET /v1.41/images/json", 200,
                       R"([{"Id":"i","RepoTags":["localhost/web:1","docker.io/library/web:2"]}])");
    return connect(daemon)->list_images({}).at(0).repo_tags;
  };
  CHECK(tags_on(podman_ping) == std::vector<std::string>{"localhost/web:1", "web:2", "web:1"});
  CHECK(tags_on("HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Length: 2\r\n\r\nOK") ==
        std::vector<std::string>{"localhost/web:1", "web:2"});
}

TEST_CASE("what Podman's lists leave out is asked of its own API, and its refusals get their kind",
          "[engine]") {
  FakeDaemon daemon;
  daemon.answer("GET /_ping", {"HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nLibpod-Api-Version: "
                               "4.3.1\r\nContent-Length: 2\r\n\r\nOK"});
  daemon.answer_json("GET /v1.41/containers/json", 200,
                     R"([{"Id":"c1","Names":["/web"],"State":"running","Status":"Up 2 seconds",)"
                     R"("NetworkSettings":{"Networks":{"front":{"NetworkID":"front"}}}}])");
  daemon.answer_json("GET /v4.0.0/libpod/containers/json?all=true", 200,
                     R"([{"Id":"c1","Status":"healthy"},{"Id":"c2","Status":""}])");
  daemon.answer_json("GET /v1.41/networks", 200, R"([{"Name":"front","Id":"0123abc"}])");
  auto engine = connect(daemon);
  const auto rows = engine->list_containers({}, engine::Containers::Which::all);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].health == engine::Health::healthy);
  CHECK(rows[0].status == "Up 2 seconds (healthy)");
  CHECK(rows[0].networks.at("front") == "0123abc");
  daemon.answer_json("POST /v1.41/containers/create", 500,
                     R"({"message":"creating container storage: that name is already in use"})");
  std::vector<std::string> warnings;
  CHECK(error_of([&] { engine->create_container({}, warnings); }).kind() == ErrorKind::conflict);
  daemon.answer_json("GET /v1.41/containers/gone/json", 500,
                     R"({"message":"container 0d7 does not exist in database: no such container"})");
  CHECK(error_of([&] { engine->inspect_container("gone"); }).kind() == ErrorKind::not_found);
}

TEST_CASE("a Podman is asked for events of whole seconds, of which only those that were meant are told",
          "[engine]") {
  FakeDaemon daemon;
  daemon.answer("GET /_ping", {podman_ping});
  const auto event = [](const std::string& action, const std::string& time) {
    return R"({"Type":"container","Action":")" + action + R"(","Actor":{"ID":"c"},"timeNano":)" + time +
           "}\n";
  };
  daemon.answer("GET /v1.41/events",
                {chunked_head() + chunk(event("early", "5400000000")) +
                 chunk(event("exec_died", "5600000000")) + chunk(event("late", "6300000000")) + chunk("")});
  std::vector<std::string> seen;
  connect(daemon)->events({}, "5.5", "6.25", {},
                          [&](const engine::EngineEvent& one) {
                            seen.push_back(one.action);
                            return true;
                          },
                          {});
  CHECK(seen == std::vector<std::string>{"exec_die"});
  CHECK(decoded(daemon.requests().back().target).ends_with("&since=5&until=7"));
}
