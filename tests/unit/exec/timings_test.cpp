// SPDX-License-Identifier: MIT
#include "crstack/exec/timings.hpp"

#include <filesystem>
#include <fstream>

#include "stack.hpp"

using namespace crstack;
using namespace std::chrono_literals;
using exec::StepTiming;
using test::Stack;

namespace {

/// A file for timings in a directory of its own.
struct CacheFile {
  std::filesystem::path directory;
  std::string path;
  CacheFile() {
    std::string name = std::filesystem::temp_directory_path() / "crstack-timings-XXXXXX";
    directory = ::mkdtemp(name.data());
    path = directory / "crstack" / "timings" / "app";
  }
  ~CacheFile() { std::filesystem::remove_all(directory); }
  CacheFile(const CacheFile&) = delete;
  CacheFile& operator=(const CacheFile&) = delete;
  [[nodiscard]] std::string text() const {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const std::string& text) const { std::ofstream(path) << text; }
};

std::vector<StepTiming> sample() {
  StepTiming start{2, "start app-web-1", "web", 10ms, 20ms, 500ms};
  start.critical = true;
  StepTiming wait{3, "wait for web (healthy)", "web", 500ms, 500ms, 900ms};
  wait.note = "this probe's interval cost up to 0.4s";
  return {{1, "create network app_default", "", 0ms, 0ms, 10ms}, start, wait};
}

/// What an `up` of four services did, whatever the order.
std::vector<std::string> calls_of_up(const exec::StepWeights& weights) {
  Stack stack;
  stack.add("db");
  stack.with_check("db");
  stack.add("job");
  stack.engine.script("job", {.exits = {{1ms, 0}}});
  stack.add("web",
            {{"db", project::Condition::healthy}, {"job", project::Condition::completed_successfully}});
  stack.add("alone");
  stack.options.weights = weights;
  CHECK(stack.up().ok());
  auto calls = stack.engine.changing_calls();
  std::erase_if(calls, [](const auto& call) { return call.find("exec") != std::string::npos; });
  std::sort(calls.begin(), calls.end());
  return calls;
}

}  // namespace

TEST_CASE("a run's timings come back as they were kept", "[exec]") {
  const CacheFile file;
  exec::save_timings(file.path, sample());
  const auto timings = exec::load_timings(file.path);
  REQUIRE(timings.timeline.size() == 3);
  const auto& start = timings.timeline[1];
  CHECK((start.step == 2 && start.what == "start app-web-1" && start.service == "web" && start.critical));
  CHECK((start.ready == 10ms && start.start == 20ms && start.end == 500ms && start.note.empty()));
  CHECK(timings.timeline[0].service.empty());
  CHECK(timings.timeline[2].note == "this probe's interval cost up to 0.4s");
  CHECK(timings.weights.at("start app-web-1") == 480ms);
}

TEST_CASE("a run leaves what other runs took in memory", "[exec]") {
  const CacheFile file;
  exec::save_timings(file.path, sample());
  exec::save_timings(file.path, {{1, "stop app-web-1", "web", 0ms, 0ms, 30ms}},
                     exec::load_timings(file.path).weights);
  const auto timings = exec::load_timings(file.path);
  CHECK(timings.timeline.size() == 1);
  CHECK(timings.weights.size() == 4);
  CHECK(timings.weights.at("start app-web-1") == 480ms);
  CHECK(timings.weights.at("stop app-web-1") == 30ms);
}

TEST_CASE("a run that failed is kept as well, but what failed has no weight", "[exec]") {
  const CacheFile file;
  exec::save_timings(file.path, sample());
  auto run = sample();
  run[2].failed = true;
  run[2].end = 90s;
  exec::save_timings(file.path, run, exec::load_timings(file.path).weights);
  const auto timings = exec::load_timings(file.path);
  REQUIRE(timings.timeline.size() == 3);
  CHECK((timings.timeline[2].failed && !timings.timeline[1].failed));
  CHECK(timings.weights.at("wait for web (healthy)") == 400ms);
}

TEST_CASE("timings that are absent or damaged count as none", "[exec]") {
  const CacheFile file;
  CHECK(exec::load_timings(file.path).weights.empty());
  exec::save_timings(file.path, sample());
  const auto whole = file.text();
  for (const auto& damaged :
       {std::string(), std::string("crstack timings 3\n1 0 0 5 0 - x\n"), whole.substr(0, whole.size() / 2),
        whole + "garbage\n", whole + "1 5 4 3 0 0 - x\n", std::string(1000, '\xff'),
        std::string(1000, '\0')}) {
    file.write(damaged);
    const auto timings = exec::load_timings(file.path);
    CHECK(timings.timeline.size() == timings.weights.size());
    CHECK(timings.timeline.size() < 3);
  }
  const auto below_a_file = file.path + "/app";
  exec::save_timings(below_a_file, sample());
  CHECK(exec::load_timings(below_a_file).timeline.empty());
}

TEST_CASE("timings of whatever kind change nothing but the order", "[exec]") {
  const auto calls = calls_of_up({});
  CHECK(calls.size() == 9);
  CHECK(calls_of_up({{"start app-alone-1", 1h}, {"start app-db-1", 0ms}}) == calls);
  CHECK(calls_of_up({{"start nobody", 1h}, {"wait for job (completed)", Duration::max() / 8}}) == calls);
}
