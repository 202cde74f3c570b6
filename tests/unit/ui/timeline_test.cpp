// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "crstack/ui/timeline.hpp"
#include "ui/timeline_lanes.hpp"

using namespace crstack;
using namespace crstack::event;
using namespace std::chrono_literals;

namespace {

Timeline sample() {
  Timeline timeline{"shop: up", 10s, {}};
  timeline.rows = {
      {"web-1", TimelineKind::start, 9s, 10s, true, ""},
      {"shop_default", TimelineKind::create, 0s, 100ms, false, ""},
      {"db-1", TimelineKind::create, 100ms, 1s, false, ""},
      {"db-1", TimelineKind::start, 1s, 2s, true, ""},
      {"db-1", TimelineKind::wait, 2s, 9s, true, "this probe's interval cost 6.4 s"},
  };
  return timeline;
}

}  // namespace

TEST_CASE("the timeline as text", "[ui]") {
  CHECK(ui::timeline_text(sample(), 60) ==
        "shop: up, 10.0s\n"
        "               0s     2s     4s     6s     8s   10s\n"
        "shop_default   ▓                                       0.1s\n"
        "db-1         * ▓▓▓████░░░░░░░░░░░░░░░░░░░░░░░░░        9.0s\n"
        "web-1        *                                 ████   10.0s\n"
        "▒ pull or build  ▓ create  █ start  ░ wait  ● ready  * critical path\n"
        "critical path: db-1 start 1.0s → db-1 wait 7.0s → web-1 start 1.0s\n"
        "note: db-1: this probe's interval cost 6.4 s\n");
}

TEST_CASE("a timeline shows what failed, and says so where nothing was to be done", "[ui]") {
  const Timeline nothing{"shop: up", 0s, {}};
  CHECK(ui::timeline_svg(nothing).find("shop: up, 0.0s: nothing was to be done") != std::string::npos);
  auto failed = sample();
  failed.rows[0] = {"db-1", TimelineKind::failed, 9s, 9s, false, ""};
  const auto text = ui::timeline_text(failed, 60);
  CHECK(text.find("░✘") != std::string::npos);
  CHECK(text.find("● ready  ✘ failed  * critical path") != std::string::npos);
  CHECK(ui::timeline_svg(failed).find("<circle class=\"failed\"") != std::string::npos);
}

TEST_CASE("a long timeline has its axis at both ends", "[ui]") {
  Timeline timeline{"shop: up", 10s, {}};
  for (int number = 0; number < 40; ++number)
    timeline.rows.push_back({"s" + std::to_string(number), TimelineKind::start, 0s, 10s, false, ""});
  const auto text = ui::timeline_text(timeline, 60);
  const auto first = text.find(" 4s ");
  CHECK(first != std::string::npos);
  CHECK(text.find(" 4s ", first + 1) != std::string::npos);
}

TEST_CASE("axis marks are round and few", "[ui]") {
  const auto marks = [](Duration length, std::size_t most) {
    std::string text;
    for (const Duration mark : ui::timeline_marks(length, most)) text += ui::mark_text(mark) + " ";
    return text;
  };
  CHECK(marks(10s, 6) == "0s 2s 4s 6s 8s 10s ");
  CHECK(marks(10s, 4) == "0s 5s 10s ");
  CHECK(marks(3ms, 4) == "0s 0.001s 0.002s 0.003s ");
  CHECK(marks(180s, 12) == "0s 20s 40s 60s 80s 100s 120s 140s 160s 180s ");
}

TEST_CASE("the trace is what trace viewers read", "[ui]") {
  const auto trace = nlohmann::json::parse(ui::timeline_trace(sample()));
  CHECK(trace["otherData"]["title"] == "shop: up");
  const auto& events = trace["traceEvents"];
  REQUIRE(events.size() == 3 + 5);
  CHECK(events[0].dump() ==
        R"({"args":{"name":"shop_default"},"name":"thread_name","ph":"M","pid":1,"tid":1})");
  CHECK(events[5].dump() ==
        R"({"args":{"critical":true,"note":"this probe's interval cost 6.4 s"},"cat":"wait",)"
        R"("dur":7000000,"name":"wait","ph":"X","pid":1,"tid":2,"ts":2000000})");
}

TEST_CASE("the picture escapes names and needs nothing from outside", "[ui]") {
  Timeline timeline = sample();
  timeline.rows[0].name = "<script>&\"";
  const std::string page = ui::timeline_html(timeline);
  CHECK(page.find("<script") == std::string::npos);
  CHECK(page.find("&lt;script&gt;&amp;&quot;") != std::string::npos);
  CHECK(page.find("href") == std::string::npos);
  CHECK(page.find("src=") == std::string::npos);
  CHECK(page.find("class=\"wait critical\"") != std::string::npos);
  CHECK(page.find("this probe's interval cost 6.4 s") != std::string::npos);
  CHECK(page.find("<li>db-1 wait 7.0s</li>") != std::string::npos);
}

TEST_CASE("a file's name chooses the form", "[ui]") {
  const Timeline timeline = sample();
  CHECK(ui::timeline_for_file(timeline, "run.svg") == ui::timeline_svg(timeline));
  CHECK(ui::timeline_for_file(timeline, "run.json") == ui::timeline_trace(timeline));
  CHECK(ui::timeline_for_file(timeline, "run") == ui::timeline_html(timeline));
}

TEST_CASE("an empty run has a timeline too", "[ui]") {
  CHECK(ui::timeline_text({"x", 0s, {}}, 40) == "x: nothing was to be done\n");
  CHECK(ui::timeline_svg({}).find("</svg>") != std::string::npos);
}
