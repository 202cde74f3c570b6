// SPDX-License-Identifier: MIT
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "daemon_answers.hpp"
#include "engine/http_client.hpp"

using namespace crstack;
using namespace std::chrono_literals;
using engine::EngineError;
using engine::ErrorKind;
using test::chunk;
using test::chunked_head;
using test::connect;
using test::error_of;
using test::FakeDaemon;
using Then = FakeDaemon::Then;

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

TEST_CASE("what a path or a query can't hold is encoded, and a path arrives as it was encoded", "[engine]") {
  CHECK(engine::url_encode("a b/c?d=1&e+f~%") == "a%20b%2Fc%3Fd%3D1%26e%2Bf~%25");
  FakeDaemon daemon;
  daemon.answer_json("GET /v1.41/volumes/a%20b%2Fc", 200, R"({"Name":"a b/c"})");
  REQUIRE(connect(daemon)->inspect_volume("a b/c"));
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
