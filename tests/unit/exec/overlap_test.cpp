// SPDX-License-Identifier: MIT
// What overlaps, what an `up` with nothing to do asks for, and that size changes neither.
#include <malloc.h>

#include <filesystem>

#include "stack.hpp"

using namespace crstack;
using namespace std::chrono_literals;
using project::Condition;
using test::Stack;

// Where a sanitizer has replaced the allocator, only it knows.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes() __attribute__((weak));

namespace {

std::size_t allocated() {
  if (__sanitizer_get_current_allocated_bytes != nullptr) return __sanitizer_get_current_allocated_bytes();
  const auto info = ::mallinfo2();
  return info.uordblks + info.hblkhd;
}

std::size_t threads() {
  using Entries = std::filesystem::directory_iterator;
  return static_cast<std::size_t>(std::distance(Entries("/proc/self/task"), Entries()));
}

std::size_t calls_of_second_up(int services) {
  Stack stack;
  for (int number = 0; number < services; ++number) {
    const auto name = "s" + std::to_string(number);
    stack.add(name);
    stack.with_check(name);
    if (number % 5 != 0)
      stack.project.services[name].depends_on["s" + std::to_string(number - 1)].condition =
          Condition::healthy;
  }
  // With --wait, so that all are known as healthy.
  REQUIRE(stack.up({.wait = plan::WaitMode::running_or_healthy}).ok());
  for (int number = 0; number < services; ++number)
    stack.engine.set_health("app-s" + std::to_string(number) + "-1", engine::Health::healthy);
  stack.engine.clear_calls();
  REQUIRE(stack.up({.wait = plan::WaitMode::running_or_healthy}).ok());
  CHECK(stack.engine.changing_calls().empty());
  return stack.engine.calls().size();
}

struct Peaks {
  std::size_t threads = 0, bytes = 0;
};

/// An `up` of chains of ten services with health checks and their `down`, and the most threads and memory on
/// the way.
Peaks peaks_of_life(int services) {
  const auto before = allocated();
  Peaks peaks;
  Stack stack;
  for (const auto* call : {"create_container", "start_container", "inspect_container", "start_exec",
                           "stop_container", "remove_container"})
    stack.engine.set_latency(call, 100us);
  for (int number = 0; number < services; ++number) {
    const auto name = "s" + std::to_string(number);
    stack.add(name);
    stack.with_check(name);
    if (number % 10 != 0)
      stack.project.services[name].depends_on["s" + std::to_string(number - 1)].condition =
          Condition::healthy;
  }
  std::mutex mutex;
  std::size_t starts = 0, stops = 0;
  stack.engine.on_call([&](const std::string& call) {
    const bool start = call.starts_with("start_container");
    if (!start && !call.starts_with("stop_container")) return;
    const std::lock_guard lock(mutex);
    if (++(start ? starts : stops) % 100 != 0) return;
    const auto all = threads(), of_fake = test::FakeEngine::threads();
    peaks.threads = std::max(peaks.threads, all - std::min(all, of_fake));
    peaks.bytes = std::max(peaks.bytes, allocated() - before);
  });
  CHECK(stack.up().ok());
  CHECK(starts == static_cast<std::size_t>(services));
  CHECK(stack.down().ok());
  CHECK(stops == static_cast<std::size_t>(services));
  return peaks;
}

void add_services(Stack& stack, int count) {
  for (int number = 0; number < count; ++number) stack.add("s" + std::to_string(number));
}

/// The most calls of that name (and a space) that ran at once.
std::ptrdiff_t most_at_once(const Stack& stack, const std::string& call) {
  const auto records = stack.engine.call_records();
  std::ptrdiff_t most = 0;
  for (const auto& one : records)
    most = std::max(most, std::count_if(records.begin(), records.end(), [&](const auto& other) {
                      return other.text.find(call) != std::string::npos && other.begun <= one.begun &&
                             one.begun < other.ended;
                    }));
  return most;
}

}  // namespace

TEST_CASE("an up with nothing to do makes the same few calls for 10 services as for 200", "[exec]") {
  const auto ten = calls_of_second_up(10);
  CHECK(ten <= 5);
  CHECK(calls_of_second_up(200) == ten);
}

TEST_CASE("a pull keeps only those waiting who need its image", "[exec]") {
  Stack stack;
  stack.add("slow").image = "registry/slow:1";
  stack.engine.add_registry_image("registry/slow:1");
  stack.add("db");
  stack.with_check("db");
  stack.add("web", {{"db", Condition::healthy}});
  stack.project.volumes["data"] = {.key = "data", .name = "app_data", .config_hash = "v"};
  stack.engine.hold("pull_image");
  std::jthread registry([&] {
    CHECK(stack.engine.wait_for_call("start_container app-web-1"));
    stack.engine.release("pull_image");
  });
  CHECK(stack.up().ok());
  CHECK(stack.at("start_container app-web-1") < stack.at("create_container app-slow-1"));
}

TEST_CASE("a wait keeps only those waiting who depend on it", "[exec]") {
  Stack stack;
  stack.add("db");
  stack.with_check("db", 1h);
  stack.add("web", {{"db", Condition::healthy}});
  stack.add("other");
  stack.add("last", {{"other", Condition::started}});
  std::jthread world([&] {
    CHECK(stack.engine.wait_for_call("start_container app-last-1"));
    CHECK(stack.engine.wait_for_call("create_container app-web-1"));
    stack.engine.set_health("app-db-1", engine::Health::healthy);
  });
  CHECK(stack.up().ok());
  CHECK(stack.at("create_container app-web-1") < stack.at("start_container app-web-1"));
}

TEST_CASE("--parallel bounds the calls that run at once", "[exec]") {
  Stack stack;
  add_services(stack, 20);
  stack.options.parallel = 2;
  for (const auto* call : {"create_container", "start_container"}) stack.engine.set_latency(call, 2ms);
  CHECK(stack.up().ok());
  CHECK(most_at_once(stack, "_container ") == 2);
}

TEST_CASE("--parallel bounds stops as well", "[exec]") {
  Stack stack;
  add_services(stack, 12);
  CHECK(stack.up().ok());
  stack.engine.clear_calls();
  stack.options.parallel = 3;
  for (const auto* call : {"stop_container", "remove_container"}) stack.engine.set_latency(call, 2ms);
  CHECK(stack.down().ok());
  CHECK(most_at_once(stack, "_container ") == 3);
}

TEST_CASE("creations and removals are bound by the engine: stops only wait, all at once", "[exec]") {
  Stack stack;
  add_services(stack, 100);
  for (const auto* call : {"create_container", "remove_container"}) stack.engine.set_latency(call, 20ms);
  CHECK(stack.up().ok());
  CHECK(most_at_once(stack, "create_container ") == 16);
  stack.engine.hold("stop_container");
  std::jthread obedient([&] {
    CHECK(stack.engine.wait_for_call("stop_container", 100));
    stack.engine.release("stop_container");
  });
  CHECK(stack.down().ok());
  CHECK(most_at_once(stack, "remove_container ") == 16);
}

TEST_CASE("an interrupted stop forgets what it waits for, a failed one is told", "[exec]") {
  Stack stack;
  stack.options.on_failure = exec::ExecutorOptions::OnFailure::carry_on;
  stack.add("deaf");
  stack.add("web");
  REQUIRE(stack.up().ok());
  stack.engine.fail("stop_container app-web-1", engine::ErrorKind::server, 500, "cannot kill it");
  stack.engine.hold("stop_container app-deaf-1");
  std::jthread user([&] {
    CHECK(stack.engine.wait_for_call("stop_container", 2));
    CHECK(stack.sink.wait_for([](const event::Event& event) {
      const auto* report = std::get_if<event::FailureReport>(&event);
      return report != nullptr && report->what.find("cannot kill it") != std::string::npos;
    }));
    stack.stop.request_stop();
  });
  CHECK(stack.down().outcome == exec::RunResult::Outcome::interrupted);
  CHECK(stack.engine.container_names().size() == 2);
}

TEST_CASE("5,000 services: memory grows with them, threads don't", "[exec]") {
  const auto few = peaks_of_life(500), many = peaks_of_life(5000);
  CHECK(few.bytes > 0);
  CHECK(many.bytes <= 12 * few.bytes);
  CHECK(many.threads <= 110);
}
