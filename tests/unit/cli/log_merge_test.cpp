// SPDX-License-Identifier: MIT
#include "cli/logs/log_merge.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <cstdio>
#include <thread>

#include "cli/logs/log_stream.hpp"
#include "cli/logs/log_time.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"
#include "crstack/plan/labels.hpp"
#include "support/fake_engine.hpp"

using namespace crstack;
using namespace crstack::test;
using cli::LogEntry;
using cli::LogMerge;
using engine::StreamKind;

namespace {

std::string stamped(int nanos, const std::string& text) {
  std::string digits = std::to_string(nanos);
  return "2026-01-02T03:04:05." + std::string(9 - digits.size(), '0') + digits + "Z " + text;
}

std::string add(FakeEngine& fake, const std::string& service) {
  engine::ContainerSpec spec;
  spec.name = "app-" + service + "-1";
  spec.image = "busybox";
  spec.labels = {{"com.docker.compose.project", "app"},
                 {"com.docker.compose.service", service},
                 {"com.docker.compose.oneoff", "False"},
                 {"com.docker.compose.config-hash", "hash"},
                 {"com.docker.compose.container-number", "1"}};
  std::vector<std::string> warnings;
  const auto id = fake.create_container(spec, warnings);
  fake.start_container(id);
  return id;
}

}  // namespace

TEST_CASE("an entry's timestamp is cut off, and bytes without one pass", "[cli]") {
  const std::string bytes = stamped(7, "a b");  // the entry's texts are views of it
  const auto entry = cli::parse_entry(StreamKind::err, bytes);
  CHECK(entry.text == "a b");
  CHECK(entry.stamp == "2026-01-02T03:04:05.000000007Z");
  CHECK(entry.time.time_since_epoch().count() % 1'000'000'000 == 7);
  CHECK(cli::parse_entry(StreamKind::out, "no time here, only words").text == "no time here, only words");
}

TEST_CASE("streams are merged by time, however small their batches are", "[cli]") {
  std::array<int, 3> next{};
  LogMerge merge(3, [&](LogMerge::Source lane, LogMerge::Batch& batch) {
    const int source = static_cast<int>(lane);
    for (int i = 0; i <= source && next[lane] < 500; ++i) {
      const int number = 3 * next[lane]++ + source;
      batch.add(StreamKind::out, stamped(number, std::to_string(number)));
    }
    return !batch.empty();
  });
  int expected = 0;
  merge.run([&](LogMerge::Source lane, const LogEntry& entry) {
    return entry.text == std::to_string(expected) && lane == static_cast<std::size_t>(expected++ % 3);
  });
  CHECK(expected == 1500);
}

TEST_CASE("a merge ends when nobody wants more", "[cli]") {
  int batches = 0;
  LogMerge merge(2, [&](LogMerge::Source, LogMerge::Batch& batch) {
    batch.add(StreamKind::out, stamped(++batches, "x"));
    return true;
  });
  int taken = 0;
  merge.run([&](LogMerge::Source, const LogEntry&) { return ++taken < 5; });
  CHECK(taken == 5);
  CHECK(batches <= 2 + 5);
}

TEST_CASE("many containers' logs are merged and then followed by two threads", "[cli]") {
  FakeEngine fake;
  fake.add_image("busybox");
  std::vector<std::string> ids;
  for (int i = 0; i < 40; ++i) {
    ContainerScript script;
    script.logs = {{{}, "from " + std::to_string(i), StreamKind::out}};
    const auto service = "s" + std::to_string(i);
    fake.script(service, script);
    ids.push_back(add(fake, service));
  }
  ui::StringOutput output;
  ui::LogWriter writer(output, output, {});
  cli::LogRequest request;
  request.project = "app";
  request.options.follow = true;
  request.exits = cli::LogRequest::Exits::hide;
  std::jthread follower([&](const std::stop_token& stop) { cli::stream_logs(fake, writer, request, stop); });
  REQUIRE(fake.wait_for_call("logs app-s39-1", 2));
  for (const auto& id : ids) fake.exit_container(id, 0);
  follower.join();
  const auto lines = split(output.text(), '\n');
  CHECK(lines.size() == 41);  // each once, and nothing behind the last line's end
  for (int i = 0; i < 40; ++i)
    CHECK(std::count_if(lines.begin(), lines.end(), [&](const std::string& line) {
            return line.ends_with("from " + std::to_string(i));
          }) == 1);
}

TEST_CASE("logs that a driver doesn't keep are warned of; whatever else the engine refuses is an error",
          "[cli]") {
  FakeEngine fake;
  fake.add_image("busybox");
  ContainerScript script;
  script.logs = {{{}, "said", StreamKind::out}};
  fake.script("b", script);
  add(fake, "a");
  add(fake, "b");
  ui::StringOutput output;
  ui::LogWriter writer(output, output, {});
  std::vector<std::string> warnings;
  cli::LogRequest request;
  request.project = "app";
  request.warn = [&](const std::string& text) { warnings.push_back(text); };
  fake.fail("open_logs app-a-1", engine::ErrorKind::unsupported, 501, "not kept", 1);
  cli::stream_logs(fake, writer, request, {});
  CHECK(warnings == std::vector<std::string>{"Can't retrieve logs for \"app-a-1\": not kept"});
  CHECK(output.text() == "b-1  | said\n");
  fake.fail("open_logs app-a-1", engine::ErrorKind::server, 500, "boom", 1);
  CHECK_THROWS_AS(cli::stream_logs(fake, writer, request, {}), engine::EngineError);
}

TEST_CASE("following ends where a container has ended just before, and tells its exit", "[cli]") {
  const bool listed_as_running = GENERATE(true, false);
  for (const std::string second : {"", "b"}) {  // alone, or with the history of several
    FakeEngine late;
    late.add_image("busybox");
    ContainerScript script;
    script.logs = {{{}, "said", StreamKind::out}};
    script.listed_as_running = listed_as_running;
    late.script("a", script);
    late.exit_container(add(late, "a"), 3);
    if (!second.empty()) late.exit_container(add(late, second), 0);
    ui::StringOutput output;
    ui::LogWriter writer(output, output, {});
    cli::LogRequest request;
    request.project = "app";
    request.options.follow = true;
    request.after_last = cli::LogRequest::AfterLast::end_at_once;
    cli::stream_logs(late, writer, request, {});
    CHECK(output.text().starts_with("a-1  | said\n"));
    CHECK(output.text().find("a-1 exited with code 3\n") != std::string::npos);
  }
}

TEST_CASE("followed logs go on over a restart and tell exits", "[cli]") {
  FakeEngine fake;
  fake.add_image("busybox");
  ContainerScript script;
  script.logs = {{{}, "started", StreamKind::out}};
  fake.script("a", script);
  const auto a = add(fake, "a");
  fake.exit_container(add(fake, "b"), 0);  // its end is history: not told
  ui::StringOutput output;
  ui::LogWriter writer(output, output, {});
  cli::LogRequest request;
  request.project = "app";
  request.options.follow = true;
  std::jthread follower([&](const std::stop_token& stop) { cli::stream_logs(fake, writer, request, stop); });
  REQUIRE(fake.wait_for_call("logs app-a-1", 2));  // history, then following
  std::this_thread::sleep_for(20ms);
  fake.kill_container(a, "SIGTERM");
  engine::EngineEvent again{"container", "die", a, {}, {}};  // engines tell an end twice, at times
  again.attributes = {{"name", "app-a-1"},
                      {"exitCode", "137"},
                      {std::string(plan::labels::project), "app"},
                      {std::string(plan::labels::config_hash), "hash"},
                      {std::string(plan::labels::service), "a"}};
  fake.emit(again);
  REQUIRE(fake.wait_for_call("inspect_container app-a-1", 4));
  std::this_thread::sleep_for(20ms);
  fake.start_container(a);
  REQUIRE(fake.wait_for_call("logs app-a-1", 3));
  std::this_thread::sleep_for(20ms);
  fake.exit_container(a, 0);
  const auto begin = std::chrono::steady_clock::now();
  follower.join();  // what ended by itself is not waited for
  CHECK(std::chrono::steady_clock::now() - begin < 2s);
  CHECK(output.text() ==
        "a-1  | started\n"
        "a-1 exited with code 137\n"
        "a-1  | started\n"
        "a-1 exited with code 0\n");
}

TEST_CASE("times of --since: numbers, spans back, dates; nonsense is refused by name", "[cli]") {
  const ManualClock clock;
  CHECK(cli::engine_time("", "since", clock).empty());
  CHECK(cli::engine_time("12.5", "since", clock) == "12.5");
  CHECK(cli::engine_time("1m", "since", clock) == "1767322985.000000000");
  CHECK(cli::engine_time("2026-01-02T03:04:05.5Z", "since", clock) == "1767323045.500000000");
  CHECK(cli::engine_time("2026-01-02T03:04:05.123+02:00", "since", clock) == "1767315845.123000000");
  CHECK(cli::engine_time("2026-01-02T03:04Z", "since", clock) == "1767323040.000000000");
  CHECK(cli::engine_time("2026-01-02Z", "since", clock) == "1767312000.000000000");
  for (const char* none : {"yesterday", "1d", "1w", "2026-1-2", "2026-02-30", "1.2.3", "2026-01-02 03:04:05",
                           "2026-13-02", "2026-01-02T24", "2026-01-02T3", "2026-01-02T03:60",
                           "2026-01-02T03:04:05+2:00", "+026-01-02", "2026-01-02T", "2026-01-02T03:04:05 "})
    CHECK_THROWS_AS(cli::engine_time(none, "until", clock), UsageError);
}
