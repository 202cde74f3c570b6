// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>

#include "cli/timeline_of.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/units.hpp"
#include "ui/timeline_lanes.hpp"

using namespace crstack;
using namespace std::chrono_literals;

namespace {

std::vector<exec::StepTiming> run() {
  return {
      {1, "create network shop_default", "", 0ms, 0ms, 100ms},
      {2, "create container shop-db-1", "db", 100ms, 100ms, 150ms},
      {3, "create container shop-web-1", "web", 100ms, 100ms, 160ms},
      {4, "create container shop-web-2", "web", 100ms, 100ms, 170ms},
      {5, "start shop-db-1", "db", 150ms, 150ms, 600ms},
      {6, "wait for db (healthy)", "db", 600ms, 600ms, 2000ms},
      {7, "start shop-web-1", "web", 2000ms, 2000ms, 2400ms},
      {8, "start shop-web-2", "web", 2000ms, 2400ms, 2900ms},
  };
}

std::string text(const event::Timeline& timeline) {
  std::string out;
  for (const auto& row : timeline.rows)
    out += row.name + " " + std::string(ui::kind_word(row.kind)) + " " + format_elapsed(row.end) +
           (row.critical ? " critical" : "") + (row.note.empty() ? "" : " (" + row.note + ")") + "\n";
  return out;
}

}  // namespace

TEST_CASE("a run's steps become lines of a timeline, the deciding chain found from the times", "[cli]") {
  const event::Timeline timeline = cli::timeline_of("shop: up", run());
  CHECK(timeline.total == 2900ms);
  CHECK(text(timeline) ==
        "network shop_default create 0.1s critical\n"
        "db create 0.1s critical\n"
        "web create 0.2s\n"
        "web-2 create 0.2s\n"
        "db start 0.6s critical\n"
        "db wait 2.0s critical\n"
        "web start 2.4s\n"
        "web-2 start 2.9s critical\n"
        "db ready 2.0s\n");
}

TEST_CASE("what the executor marked as critical is believed", "[cli]") {
  auto steps = run();
  steps[6].critical = true;
  steps[5].note = "late";
  CHECK(text(cli::timeline_of("x", {steps.begin() + 5, steps.begin() + 8})) ==
        "db wait 2.0s (late)\nweb start 2.4s critical\nweb-2 start 2.9s\ndb ready 2.0s\n");
}

TEST_CASE("a timeline that can't be written is an error", "[cli]") {
  CHECK_THROWS_AS(cli::write_timeline("/nowhere/at/all.html", {}), Error);
}
