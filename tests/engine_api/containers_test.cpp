// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "crstack/engine/demux.hpp"
#include "engine_api/fixture.hpp"

using namespace crstack;
using namespace crstack::test;
using engine::ContainerState;
using engine::EngineError;
using engine::ErrorKind;
using engine::StreamKind;

namespace {

std::string read_all(engine::Duplex& stream) {
  std::string result;
  std::array<char, 4096> buffer{};
  for (std::size_t got = 0; (got = stream.read(buffer.data(), buffer.size())) > 0;)
    result.append(buffer.data(), got);
  return result;
}

ErrorKind kind_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const EngineError& error) {
    return error.kind();
  }
  FAIL("no error");
  return ErrorKind::protocol;
}

}  // namespace

TEST_CASE("the engine's version is negotiated") {
  RealEngine real;
  const auto version = real.engine->version();
  CHECK(real.engine->api_version() >= 1040);
  CHECK(!version.version.empty());
  CHECK(version.os == "linux");
}

TEST_CASE("a container's life: create, start, inspect, list, pause, rename, restart, stop, remove") {
  RealEngine real;
  auto spec = RealEngine::spec("life", "trap 'exit 7' TERM; while :; do sleep 1 & wait $!; done");
  spec.environment = {"A=1"};
  spec.ports = {{80, "tcp", "127.0.0.1", ""}};
  spec.memory = 64 << 20;
  spec.health = engine::HealthSpec{{"CMD", "true"}, 1s, 1s, {}, {}, 3};
  const auto id = real.create(spec);
  CHECK(real.engine->inspect_container(id).state == ContainerState::created);
  real.engine->start_container(id);
  const auto details = real.engine->inspect_container(id);
  CHECK(details.state == ContainerState::running);
  CHECK(details.name == spec.name);
  CHECK(details.labels.at("what") == "life");
  CHECK(details.health_spec->test == engine::StringList{"CMD", "true"});
  CHECK(details.started_at > engine::WallTime(std::chrono::hours(24 * 365 * 50)));
  REQUIRE(details.ports.size() == 1);
  CHECK(details.ports[0].container_port == 80);
  CHECK(details.ports[0].host_port > 0);
  const auto rows = real.engine->list_containers(RealEngine::mine(), engine::Containers::Which::running);
  REQUIRE(rows.size() == 1);
  CHECK(rows[0].id == id);
  CHECK(rows[0].health != engine::Health::none);
  real.engine->pause_container(id);
  CHECK(real.engine->inspect_container(id).state == ContainerState::paused);
  real.engine->unpause_container(id);
  real.engine->rename_container(id, spec.name + "-new");
  CHECK(real.engine->inspect_container(spec.name + "-new").id == id);
  CHECK(!real.engine->top(id, "").rows.empty());
  real.engine->restart_container(id, 1)->finish();
  real.engine->stop_container(id, 5)->finish();
  CHECK(real.engine->wait_container(id, {}) == 7);
  real.engine->stop_container(id, 1)->finish();  // again: no error
  const auto stopped = real.engine->list_containers(RealEngine::mine(), engine::Containers::Which::all);
  CHECK(stopped.at(0).exit_code == 7);
  real.engine->remove_container(id, engine::Containers::Force::no,
                                engine::Containers::AnonymousVolumes::remove);
  real.engine->remove_container(id, engine::Containers::Force::no,
                                engine::Containers::AnonymousVolumes::remove);
  CHECK(kind_of([&] { real.engine->inspect_container(id); }) == ErrorKind::not_found);
}

TEST_CASE("refusals have their kinds") {
  RealEngine real;
  const auto id = real.create(RealEngine::spec("twice", "true"));
  CHECK(kind_of([&] { real.create(RealEngine::spec("twice", "true")); }) == ErrorKind::conflict);
  auto missing = RealEngine::spec("missing", "true");
  missing.image = "no-such-image:none";
  CHECK(kind_of([&] { real.create(missing); }) == ErrorKind::not_found);
  CHECK(kind_of([&] { real.engine->kill_container(id, "TERM"); }) == ErrorKind::conflict);
}

TEST_CASE("logs: streams told apart, tail, timestamps, follow until the end") {
  RealEngine real;
  // Podman 4 joins a last line without an end to the line before it.
  const std::string end = real.podman() ? "\n" : "";
  const auto id = real.run("logs", "echo one; echo two >&2; printf 'three" + end + "'");
  real.engine->wait_container(id, {});
  std::string out, err;
  engine::LogOptions options;
  options.follow = true;
  const auto take = [&](StreamKind kind, std::string_view bytes) {
    (kind == StreamKind::err ? err : out) += bytes;
    return true;
  };
  real.engine->logs(id, options, take, {});
  CHECK(out == "one\nthree" + end);
  CHECK(err == "two\n");
  out.clear();
  options.follow = false;
  options.tail = real.podman() ? "2" : "1";  // it counts one too many
  options.timestamps = true;
  real.engine->logs(id, options, take, {});
  REQUIRE(out.size() > 25);
  CHECK(out[10] == 'T');
  CHECK(out.ends_with(" three" + end));
}

TEST_CASE("a stop token ends blocking streams at once") {
  RealEngine real;
  const auto id = real.run("stop", "sleep 100");
  const auto ends = [&](auto action) {
    std::atomic<bool> open = false;
    std::jthread worker([&](const std::stop_token& stop) { action(stop, open); });
    while (!open) std::this_thread::yield();
    std::this_thread::sleep_for(50ms);
    const auto before = std::chrono::steady_clock::now();
    worker.request_stop();
    worker.join();
    return std::chrono::steady_clock::now() - before < 1s;
  };
  CHECK(ends([&](const std::stop_token& stop, std::atomic<bool>& open) {
    engine::LogOptions options;
    options.follow = true;
    open = true;
    real.engine->logs(
        id, options, [](StreamKind, std::string_view) { return true; }, stop);
  }));
  CHECK(ends([&](const std::stop_token& stop, std::atomic<bool>& open) {
    real.engine->events(
        {}, "", "", [&] { open = true; }, [](const engine::EngineEvent&) { return true; }, stop);
  }));
  CHECK(ends([&](const std::stop_token& stop, std::atomic<bool>& open) {
    open = true;
    CHECK(real.engine->wait_container(id, stop) == -1);
  }));
}

TEST_CASE("events are pushed with labels, exit codes and 64-bit times") {
  RealEngine real;
  std::vector<engine::EngineEvent> seen;
  std::atomic<bool> open = false;
  std::jthread subscriber([&](const std::stop_token& stop) {
    real.engine->events(
        RealEngine::mine(), "", "", [&] { open = true; },
        [&](const engine::EngineEvent& event) {
          seen.push_back(event);
          return event.action != "die";
        },
        stop);
  });
  while (!open) std::this_thread::yield();
  real.run("events", "exit 3");
  subscriber.join();
  REQUIRE(seen.size() >= 3);
  CHECK(seen.front().action == "create");
  CHECK(seen.back().action == "die");
  CHECK(seen.back().attributes.at("exitCode") == "3");
  CHECK(seen.back().attributes.at("what") == "events");
  CHECK(seen.back().time.time_since_epoch().count() % 1000000 != 0);
}

TEST_CASE("exec: output, exit code, standard input with half-close") {
  RealEngine real;
  const auto id = real.run("exec", "sleep 100");
  engine::ExecSpec spec;
  spec.command = {"sh", "-c", "cat; echo done >&2; exit 5"};
  spec.attach_stdin = true;
  const auto exec = real.engine->create_exec(id, spec);
  const auto stream = real.engine->start_exec(exec, false);
  stream->write("hello\n");
  stream->close_write();
  std::string out, err;
  engine::Demux demux(engine::Terminal::no, [&](StreamKind kind, std::string_view bytes) {
    (kind == StreamKind::err ? err : out) += bytes;
    return true;
  });
  demux.feed(read_all(*stream));
  CHECK(out == "hello\n");
  CHECK(err == "done\n");
  CHECK(real.engine->inspect_exec(exec).exit_code == 5);
  spec.tty = true;
  spec.attach_stdin = false;
  spec.command = {"echo", "raw"};
  const auto terminal = real.engine->create_exec(id, spec);
  CHECK(read_all(*real.engine->start_exec(terminal, true)) == "raw\r\n");
}

TEST_CASE("attach gives a container's output from its start") {
  RealEngine real;
  const auto id = real.create(RealEngine::spec("attach", "echo hello"));
  const auto stream = real.engine->attach(id, {});
  real.engine->start_container(id);
  CHECK(read_all(*stream).substr(8) == "hello\n");
}

TEST_CASE("archives go in and out, paths have a stat, a container can be exported and committed") {
  RealEngine real;
  const auto id = real.run("archive", "mkdir -p /data; echo text > /data/file; sleep 100");
  std::string tar;
  std::optional<engine::Containers::PathStat> stat;
  while (!(stat = real.engine->stat_path(id, "/data/file")) || stat->size == 0)
    std::this_thread::sleep_for(20ms);
  CHECK(stat->name == "file");
  CHECK(stat->size == 5);
  CHECK(!real.engine->stat_path(id, "/none"));
  real.engine->get_archive(id, "/data", [&](std::string_view bytes) {
    tar += bytes;
    return true;
  });
  CHECK(tar.substr(257, 5) == "ustar");
  std::size_t place = 0;
  real.engine->put_archive(id, "/tmp",
                           [&] {
                             auto piece = tar.substr(place, 700);
                             place += piece.size();
                             return piece;
                           },
                           {});
  CHECK(real.engine->stat_path(id, "/tmp/data/file")->size == 5);
  std::size_t exported = 0;
  real.engine->export_container(id,
                                [&](std::string_view bytes) { return (exported += bytes.size()) < 100'000; });
  CHECK(exported >= 100'000);
  engine::Containers::CommitOptions commit;
  commit.repo = RealEngine::name("image");
  commit.tag = "one";
  commit.changes = {"ENV COMMITTED=1"};
  real.images.push_back(commit.repo + ":one");
  CHECK(real.engine->commit_container(id, commit).starts_with("sha256:"));
  const auto image = real.engine->inspect_image(commit.repo + ":one");
  CHECK(std::count(image->environment.begin(), image->environment.end(), "COMMITTED=1") == 1);
}

TEST_CASE("stats come one object a sample") {
  RealEngine real;
  const auto id = real.run("stats", "sleep 100");
  const auto stream = real.engine->open_stats(id);
  std::string text;
  std::array<char, 65536> buffer{};
  while (std::count(text.begin(), text.end(), '\n') < 2) {
    const auto got = stream->read(buffer.data(), buffer.size());
    REQUIRE(got > 0);
    text.append(buffer.data(), got);
  }
  CHECK(text.front() == '{');
  CHECK(text[text.find('\n') - 1] == '}');
  CHECK(text[text.find('\n') + 1] == '{');
}
