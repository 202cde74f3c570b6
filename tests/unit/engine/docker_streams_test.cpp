// SPDX-License-Identifier: MIT
#include <array>
#include <catch2/catch_test_macros.hpp>

#include "crstack/base/base64.hpp"
#include "daemon_answers.hpp"

using namespace crstack;
using namespace std::chrono_literals;
using engine::ErrorKind;
using engine::StreamKind;
using test::chunk;
using test::chunked_head;
using test::connect;
using test::decoded;
using test::error_of;
using test::FakeDaemon;
using test::frame;
using Then = FakeDaemon::Then;

TEST_CASE("logs keep frames whole over chunks and packets, and throw the engine's own error", "[engine]") {
  FakeDaemon daemon;
  const auto whole = chunked_head() + chunk(frame(1, "one\n") + frame(2, "two")) +
                     chunk(frame(1, "three\n").substr(0, 9)) + chunk(frame(1, "three\n").substr(9)) +
                     chunk("");
  std::vector<std::string> pieces;
  for (std::size_t place = 0; place < whole.size(); place += 5) pieces.push_back(whole.substr(place, 5));
  daemon.answer("GET /v1.41/containers/web/logs", pieces);
  engine::LogOptions options;
  options.tty = false;
  std::vector<std::pair<StreamKind, std::string>> seen;
  const auto take = [&](StreamKind kind, std::string_view bytes) {
    if (!bytes.empty()) seen.emplace_back(kind, bytes);  // empty: nothing more at hand just now
    return true;
  };
  auto engine = connect(daemon);
  engine->logs("web", options, take, {});
  CHECK(seen == std::vector<std::pair<StreamKind, std::string>>{
                    {StreamKind::out, "one\n"}, {StreamKind::err, "two"}, {StreamKind::out, "three\n"}});
  daemon.answer("GET /v1.41/containers/web/logs",
                {chunked_head() + chunk(frame(3, "disk full")) + chunk("")});
  const auto error = error_of([&] { engine->logs("web", options, take, {}); });
  CHECK(error.kind() == ErrorKind::server);
  CHECK(std::string(error.what()) == "Error from the engine's output stream: disk full");
}

TEST_CASE("logs on a connection of their own come without chunks, and refusals are errors", "[engine]") {
  FakeDaemon daemon;
  const auto whole = chunked_head() + chunk(frame(1, "one\n")) + chunk(frame(2, "two")) + chunk("");
  std::vector<std::string> pieces;
  for (std::size_t place = 0; place < whole.size(); place += 7) pieces.push_back(whole.substr(place, 7));
  daemon.answer("GET /v1.41/containers/web/logs", pieces);
  engine::LogOptions options;
  options.tty = false;
  const auto engine = connect(daemon);
  const auto stream = engine->open_logs("web", options);
  std::string all;
  std::array<char, 5> buffer{};
  while (const auto got = stream->read(buffer.data(), buffer.size())) all.append(buffer.data(), got);
  CHECK(all == frame(1, "one\n") + frame(2, "two"));
  CHECK(stream->has_buffered());  // the end: poll(2) would never see it
  daemon.answer_json("GET /v1.41/containers/gone/logs", 404, R"({"message":"No such container: gone"})");
  const auto error = error_of([&] { (void)engine->open_logs("gone", options); });
  CHECK(error.kind() == ErrorKind::not_found);
  CHECK(std::string(error.what()) == "Error response from daemon: No such container: gone");
}

TEST_CASE("logs whose length the engine tells end with it, on a connection that stays open", "[engine]") {
  FakeDaemon daemon;
  engine::LogOptions options;
  options.tty = false;
  std::array<char, 16> buffer{};
  for (const std::string text : {"", "four"}) {
    daemon.answer("GET /v1.41/containers/web/logs",
                  {"HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text});
    const auto engine = connect(daemon);
    const auto stream = engine->open_logs("web", options);
    std::string all;
    while (const auto got = stream->read(buffer.data(), buffer.size())) all.append(buffer.data(), got);
    CHECK(all == text);
    CHECK(stream->has_buffered());
  }
}

TEST_CASE("a terminal's logs are raw: by inspect, or by the content type from 1.42 on", "[engine]") {
  FakeDaemon daemon;
  std::string text;
  const auto take = [&](StreamKind, std::string_view bytes) {
    text += bytes;
    return true;
  };
  daemon.answer("GET /v1.41/containers/t/logs", {chunked_head() + chunk("raw bytes") + chunk("")});
  daemon.answer_json("GET /v1.41/containers/t/json", 200, R"({"Id":"t","Config":{"Tty":true}})");
  connect(daemon)->logs("t", {}, take, {});
  CHECK(text == "raw bytes");
  daemon.answer("GET /_ping", {"HTTP/1.1 200 OK\r\nApi-Version: 1.44\r\nContent-Length: 2\r\n\r\nOK"});
  daemon.answer("GET /v1.44/containers/t/logs",
                {chunked_head("application/vnd.docker.raw-stream") + chunk(" more") + chunk("")});
  const auto before = daemon.requests().size();
  connect(daemon)->logs("t", {}, take, {});
  CHECK(text == "raw bytes more");
  CHECK(daemon.requests().size() == before + 2);
}

TEST_CASE("a handed-over connection gives the bytes behind its header, and is closed half by half",
          "[engine]") {
  FakeDaemon daemon;
  daemon.answer("POST /v1.41/exec/e/start",
                {"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nearly "}, Then::echo);
  auto engine = connect(daemon);
  const auto stream = engine->start_exec("e", false);
  CHECK(stream->has_buffered());
  stream->write("late");
  stream->close_write();
  std::string text;
  std::array<char, 3> buffer{};
  for (std::size_t got = 0; (got = stream->read(buffer.data(), buffer.size())) > 0;)
    text.append(buffer.data(), got);
  CHECK(text == "early late");
  const auto request = daemon.requests().back();
  CHECK(request.body == R"({"Detach":false,"Tty":false})");
  CHECK(request.head.find("Upgrade: tcp") != std::string::npos);
}

TEST_CASE("a pull that fails inside its stream is an error; progress comes line by line", "[engine]") {
  FakeDaemon daemon;
  daemon.answer(
      "POST /v1.41/images/create",
      {chunked_head() + chunk("{\"status\":\"Downloading\",\"id\":\"a1\",\"progressDetail\":{\"current\":5,"
                              "\"total\":10}}\r\n{\"sta"),
       chunk("tus\":\"Pull complete\",\"id\":\"a1\"}\r\n") +
           chunk("{\"errorDetail\":{\"message\":\"manifest unknown\"},\"error\":\"manifest unknown\"}\r\n") +
           chunk("")});
  std::vector<std::string> seen;
  const auto error = error_of([&] {
    connect(daemon)->pull_image("registry.test:5000/team/app:2", "linux/amd64",
                                [&](const engine::ProgressLine& line) {
                                  seen.push_back(line.id + " " + line.status + " " +
                                                 std::to_string(line.current) + "/" +
                                                 std::to_string(line.total));
                                },
                                {});
  });
  CHECK(seen == std::vector<std::string>{"a1 Downloading 5/10", "a1 Pull complete 0/0"});
  CHECK(error.kind() == ErrorKind::not_found);
  CHECK(std::string(error.what()) == "manifest unknown");
  const auto request = daemon.requests().back();
  CHECK(decoded(request.target) ==
        "/v1.41/images/create?fromImage=registry.test:5000/team/app&tag=2&platform=linux/amd64");
  CHECK(request.head.find("X-Registry-Auth: e30=") != std::string::npos);  // {}
}

TEST_CASE("an upload is sent in chunks; a refusal in the middle of it is read", "[engine]") {
  FakeDaemon daemon;
  daemon.answer_json("PUT /v1.41/containers/web/archive", 200, "");
  int left = 3;
  auto engine = connect(daemon);
  engine->put_archive("web", "/a b", [&] { return left-- > 0 ? std::string(70'000, 'x') : std::string(); },
                      {});
  CHECK(daemon.requests().back().body == std::string(210'000, 'x'));
  CHECK(decoded(daemon.requests().back().target) == "/v1.41/containers/web/archive?path=/a b");
}

TEST_CASE("events are read to the end, and Podman's are translated", "[engine]") {
  FakeDaemon daemon;
  daemon.answer(
      "GET /v1.41/events",
      {chunked_head() +
       chunk(
           R"({"Type":"container","Action":"die","Actor":{"ID":"c1","Attributes":{"exitCode":"3"}},"timeNano":1767323045123456789})"
           "\n") +
       chunk(
           R"({"Type":"container","Action":"health_status","HealthStatus":"healthy","Actor":{"ID":"c1"},"time":1767323045})"
           "\n") +
       chunk("")});
  std::vector<engine::EngineEvent> seen;
  bool opened = false;
  connect(daemon)->events(
      {"a=b"}, "5.000000001", "", [&] { opened = true; },
      [&](const engine::EngineEvent& event) {
        seen.push_back(event);
        return true;
      },
      {});
  CHECK(opened);
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].attributes.at("exitCode") == "3");
  CHECK(seen[0].time.time_since_epoch() == 1767323045123456789ns);
  CHECK(seen[1].action == "health_status: healthy");
  CHECK(decoded(daemon.requests().back().target) ==
        R"(/v1.41/events?filters={"label":["a=b"],"type":["container"]}&since=5.000000001)");
}

TEST_CASE("a path's stat is read from its header", "[engine]") {
  FakeDaemon daemon;
  daemon.answer("HEAD /v1.41/containers/web/archive",
                {"HTTP/1.1 200 OK\r\nX-Docker-Container-Path-Stat: " +
                 base64_url(R"({"name":"d","size":4096,"mode":2147484141,"linkTarget":""})") +
                 "\r\nContent-Length: 3\r\n\r\n"});
  const auto stat = connect(daemon)->stat_path("web", "/d");
  REQUIRE(stat);
  CHECK(stat->name == "d");
  CHECK(stat->mode == 2147484141U);
}
