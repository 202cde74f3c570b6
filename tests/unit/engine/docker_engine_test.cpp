// SPDX-License-Identifier: MIT
#include "crstack/engine/docker_engine.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "crstack/base/base64.hpp"
#include "engine/http_client.hpp"
#include "support/fake_daemon.hpp"

using namespace crstack;
using namespace std::chrono_literals;
using crstack::test::FakeDaemon;
using engine::EngineError;
using engine::ErrorKind;
using engine::StreamKind;
using Then = FakeDaemon::Then;

namespace {

std::unique_ptr<engine::Engine> connect(const FakeDaemon& daemon) {
  return engine::connect({daemon.url(), false, false, {}, "DOCKER_HOST"}, {});
}

EngineError error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const EngineError& error) {
    return error;
  }
  FAIL("no error");
  return {ErrorKind::protocol, 0, "", "", ""};
}

/// A target without its encoding, of which the HTTP library knows more than one.
std::string decoded(const std::string& target) {
  std::string result;
  for (std::size_t i = 0; i < target.size(); ++i) {
    const bool encoded = target[i] == '%' && i + 2 < target.size();
    result += encoded ? static_cast<char>(std::stoi(target.substr(i + 1, 2), nullptr, 16))
                      : (target[i] == '+' ? ' ' : target[i]);
    if (encoded) i += 2;
  }
  return result;
}

std::string chunked_head(const std::string& type = "application/json") {
  return "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nTransfer-Encoding: chunked\r\n\r\n";
}

std::string chunk(const std::string& text) {
  std::array<char, 24> size{};
  std::snprintf(size.data(), size.size(), "%zx\r\n", text.size());
  return size.data() + text + "\r\n";
}

std::string frame(int kind, const std::string& text) {
  std::string head(8, '\0');
  head[0] = static_cast<char>(kind);
  head[6] = static_cast<char>(text.size() >> 8);
  head[7] = static_cast<char>(text.size());
  return head + text;
}

}  // namespace

TEST_CASE("the newest API version that both sides speak is used", "[engine]") {
  FakeDaemon daemon;
  daemon.answer_json("GET /v1.41/containers/json", 200, "[]");
  auto engine = connect(daemon);
  CHECK(engine->list_containers({}, engine::Containers::Which::all).empty());
  CHECK(engine->api_version() == 1041);
  CHECK(daemon.requests().at(1).target == "/v1.41/containers/json?all=1");
  CHECK(daemon.connections() == 1);

  daemon.answer("GET /_ping", {"HTTP/1.1 200 OK\r\nApi-Version: 1.99\r\nContent-Length: 2\r\n\r\nOK"});
  CHECK(connect(daemon)->api_version() == 1051);
}

TEST_CASE("an engine that is too old is refused with its version", "[engine]") {
  FakeDaemon daemon;
  daemon.answer("GET /_ping", {"HTTP/1.1 200 OK\r\nApi-Version: 1.38\r\nContent-Length: 2\r\n\r\nOK"});
  const auto error = error_of([&] { connect(daemon)->version(); });
  CHECK(error.kind() == ErrorKind::unsupported);
  CHECK(error.what() ==
        "The Docker daemon at " + daemon.url() + " speaks Engine API 1.38, crstack needs 1.40 or later");
  CHECK(error.hint() == "Docker 19.03 and later have it.");
}

TEST_CASE("an absent socket, a dead one and a forbidden one are told apart", "[engine]") {
  const auto tell = [](const std::string& url) {
    return error_of([&] { engine::connect({url, false, false, {}, "DOCKER_HOST"}, {})->version(); });
  };
  const auto absent = tell("unix:///tmp/crstack-none/engine.sock");
  CHECK(absent.kind() == ErrorKind::socket_absent);
  CHECK(std::string(absent.what()) ==
        "Cannot connect to the Docker daemon at unix:///tmp/crstack-none/engine.sock. Is the docker daemon "
        "running? (DOCKER_HOST: there is no such socket)");
  CHECK(absent.hint() == "Start it, or name another engine with DOCKER_HOST or --host.");
  std::string dead;
  {
    FakeDaemon daemon;
    dead = "/tmp/crstack-dead-" + std::to_string(::getpid());
    ::rename(daemon.path().c_str(), dead.c_str());
  }
  const auto refused = tell("unix://" + dead);
  ::unlink(dead.c_str());
  CHECK(refused.kind() == ErrorKind::socket_absent);
  CHECK(refused.what() ==
        "Cannot connect to the Docker daemon at unix://" + dead +
            ". Is the docker daemon running? (DOCKER_HOST: nothing listens on that socket)");
  const auto closed = tell("tcp://127.0.0.1:1");
  CHECK(std::string(closed.what()) ==
        "Cannot connect to the Docker daemon at tcp://127.0.0.1:1. Is the docker daemon running? "
        "(DOCKER_HOST: connection refused)");
}

TEST_CASE("a forbidden socket names the group that may use it", "[engine]") {
  FakeDaemon daemon;
  ::chmod(daemon.path().c_str(), 0);
  struct stat status {};
  ::stat(daemon.path().c_str(), &status);
  const bool root = ::geteuid() == 0;
  if (root) REQUIRE(::seteuid(65534) == 0);
  std::optional<EngineError> error;
  try {
    connect(daemon)->version();
  } catch (const EngineError& caught) {
    error = caught;
  }
  if (root) REQUIRE(::seteuid(0) == 0);
  REQUIRE(error);
  CHECK(error->kind() == ErrorKind::permission_denied);
  CHECK(error->what() == "permission denied while trying to connect to the Docker daemon at " + daemon.url() +
                             " (DOCKER_HOST)");
}

TEST_CASE("an engine that closes, breaks off or talks nonsense is told as such", "[engine]") {
  FakeDaemon daemon;
  daemon.answer("GET /v1.41/version", {}, Then::close);
  const auto silent = error_of([&] { connect(daemon)->version(); });
  CHECK(silent.kind() == ErrorKind::no_answer);
  CHECK(silent.what() == "No answer from the Docker daemon at " + daemon.url() +
                             " (DOCKER_HOST): it closed the connection without an answer");
  daemon.answer("GET /v1.41/version", {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"Ver"}, Then::close);
  const auto broken = error_of([&] { connect(daemon)->version(); });
  CHECK(broken.kind() == ErrorKind::no_answer);
  CHECK(broken.what() ==
        "No answer from the Docker daemon at " + daemon.url() + " (DOCKER_HOST): the answer broke off");
  daemon.answer("GET /v1.41/version", {"SSH-2.0-OpenSSH_9\r\n\r\n"}, Then::close);
  CHECK(error_of([&] { connect(daemon)->version(); }).kind() == ErrorKind::protocol);
  daemon.answer_json("GET /v1.41/version", 200, "<html>");
  CHECK(error_of([&] { connect(daemon)->version(); }).kind() == ErrorKind::protocol);
}

TEST_CASE("the engine's refusals keep their status, path and words", "[engine]") {
  FakeDaemon daemon;
  daemon.answer_json("POST /v1.41/containers/web/start", 404, R"({"message":"No such container: web"})");
  auto engine = connect(daemon);
  const auto error = error_of([&] { engine->start_container("web"); });
  CHECK(error.kind() == ErrorKind::not_found);
  CHECK(error.status() == 404);
  CHECK(error.method() == "POST");
  CHECK(error.path() == "/containers/web/start");
  CHECK(std::string(error.what()) == "Error response from daemon: No such container: web");
  daemon.answer_json(
      "POST /v1.41/containers/web/start", 400,
      R"({"message":"client version 1.41 is too old. Minimum supported API version is 1.44"})");
  CHECK(error_of([&] { engine->start_container("web"); }).kind() == ErrorKind::unsupported);
  daemon.answer("POST /v1.41/containers/web/start", {"HTTP/1.1 304 Not Modified\r\n\r\n"});
  engine->start_container("web");
  CHECK(daemon.connections() == 1);
}

TEST_CASE("a chunked answer may come in any pieces", "[engine]") {
  FakeDaemon daemon;
  const std::string body = R"({"Version":"20.10","Os":"linux"})";
  const auto whole = chunked_head() + chunk(body.substr(0, 5)) + chunk(body.substr(5)) + chunk("");
  std::vector<std::string> pieces;
  for (std::size_t place = 0; place < whole.size(); place += 7) pieces.push_back(whole.substr(place, 7));
  daemon.answer("GET /v1.41/version", pieces);
  auto engine = connect(daemon);
  CHECK(engine->version().version == "20.10");
  CHECK(engine->version().version == "20.10");
  CHECK(daemon.connections() == 1);
}

TEST_CASE("calls from several threads don't wait for each other", "[engine]") {
  FakeDaemon daemon;
  daemon.answer("POST /v1.41/containers/slow/wait", {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"},
                Then::hang);
  daemon.answer_json("GET /v1.41/version", 200, R"({"Version":"1"})");
  auto engine = connect(daemon);
  std::jthread waiter(
      [&](const std::stop_token& stop) { CHECK(engine->wait_container("slow", stop) == -1); });
  while (daemon.requests().size() < 2) std::this_thread::yield();
  CHECK(engine->version().version == "1");
  waiter.request_stop();
  waiter.join();
}

TEST_CASE("a stop that is given up doesn't wait for the engine", "[engine]") {
  FakeDaemon daemon;
  daemon.answer("POST /v1.41/containers/deaf/stop", {"HTTP/1.1 204 No Content\r\n"}, Then::hang);
  auto engine = connect(daemon);
  auto pending = engine->stop_container("deaf", 600);
  while (daemon.requests().size() < 2) std::this_thread::yield();
  pending.reset();
  CHECK(daemon.requests().size() == 2);  // the greeting and the stop: not tried again
}

TEST_CASE("a kept connection that the engine has closed is replaced", "[engine]") {
  FakeDaemon daemon;
  daemon.answer("GET /v1.41/version", {"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{\"Version\":\"1\"}"},
                Then::close);
  auto engine = connect(daemon);
  for (int i = 0; i < 3; ++i) {
    CHECK(engine->version().version == "1");
    std::this_thread::sleep_for(5ms);
  }
  CHECK(daemon.connections() == 3);
}

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

constexpr const char* podman_ping =
    "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nLibpod-Api-Version: 4.3.1\r\nContent-Length: 2\r\n\r\nOK";

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

TEST_CASE("what a path or a query can't hold is encoded, and a path arrives as it was encoded", "[engine]") {
  CHECK(engine::url_encode("a b/c?d=1&e+f~%") == "a%20b%2Fc%3Fd%3D1%26e%2Bf~%25");
  FakeDaemon daemon;
  daemon.answer_json("GET /v1.41/volumes/a%20b%2Fc", 200, R"({"Name":"a b/c"})");
  REQUIRE(connect(daemon)->inspect_volume("a b/c"));
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

TEST_CASE("DOCKER_API_VERSION is taken with its v, too, and what is none is refused", "[engine]") {
  FakeDaemon daemon;
  daemon.answer_json("GET /v1.40/volumes/one", 200, R"({"Name":"one"})");
  const auto with = [&](const std::string& version) {
    engine::HostAddress address;
    address.url = daemon.url();
    return engine::connect(address, {{"DOCKER_API_VERSION", version}});
  };
  CHECK(with("1.40")->inspect_volume("one")->name == "one");
  CHECK(with("v1.40")->inspect_volume("one")->name == "one");
  CHECK(std::string(error_of([&] { with("new")->inspect_volume("one"); }).what()) ==
        "DOCKER_API_VERSION: \"new\" is no version");
}

TEST_CASE("who speaks plainly to a port of TLS is told how to speak to it", "[engine]") {
  FakeDaemon daemon;
  daemon.answer("GET /_ping",
                {"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"},
                FakeDaemon::Then::close);
  CHECK(error_of([&] { connect(daemon)->inspect_volume("one"); }).hint().find("DOCKER_TLS_VERIFY=1") !=
        std::string::npos);
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
