// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>

#include "crstack/ui/renderer.hpp"
#include "ui/report.hpp"

using namespace crstack;
using namespace crstack::event;
using namespace std::chrono_literals;
using ui::DryRun;
using ui::ProgressMode;

namespace {

/// A wall clock that stands still at 2026-01-02T03:04:05Z.
class StoppedClock final : public Clock {
 public:
  [[nodiscard]] Instant steady_now() const override { return {}; }
  [[nodiscard]] std::chrono::system_clock::time_point system_now() const override {
    return std::chrono::system_clock::time_point(1767323045s);
  }
};

std::string shown(ProgressMode mode, const std::vector<Event>& events, DryRun dry_run = DryRun::no) {
  ui::StringOutput output;
  const ui::Terminal terminal(-1, ui::AnsiMode::never);
  const StoppedClock clock;
  const auto renderer = ui::make_renderer({mode, dry_run}, output, terminal, clock);
  for (const Event& event : events) renderer->emit(event);
  renderer->finish();
  return output.text();
}

Progress progress(ResourceKind kind, const std::string& name, Activity activity, Phase phase = Phase::done,
                  const std::string& detail = {}) {
  return {{kind, name, {}}, activity, phase, detail};
}

std::vector<Event> life() {
  return {progress(ResourceKind::network, "shop_default", Activity::creating, Phase::working),
          progress(ResourceKind::volume, "shop_data", Activity::created),
          progress(ResourceKind::container, "shop-db-1", Activity::recreating, Phase::working),
          progress(ResourceKind::container, "shop-db-1", Activity::recreated),
          progress(ResourceKind::container, "shop-db-1", Activity::waiting, Phase::working),
          progress(ResourceKind::container, "shop-db-1", Activity::healthy),
          progress(ResourceKind::image, "shop-web", Activity::removed)};
}

}  // namespace

TEST_CASE("what is not removed says why, whatever it is", "[ui]") {
  const std::string why = "Resource is still in use";
  CHECK(shown(ProgressMode::plain,
              {progress(ResourceKind::image, "web:1", Activity::left, Phase::done, why),
               progress(ResourceKind::network, "shop_n", Activity::left, Phase::done, why)}) ==
        " Image web:1  Resource is still in use\n Network shop_n  Resource is still in use\n");
}

TEST_CASE("what a build begins with is left to its own output, and BuildKit's records are data", "[ui]") {
  const Subject web{ResourceKind::image, "shop-web", "web"};
  const std::vector<Event> events = {Progress{web, Activity::building, Phase::working, ""},
                                     BuildOutput{web, R"({"vertexes":[]})", BuildOutput::Whose::record},
                                     Progress{web, Activity::built, Phase::done, ""}};
  ui::StringOutput progress, data;
  const ui::Terminal terminal(-1, ui::AnsiMode::never);
  const StoppedClock clock;
  const auto renderer =
      ui::make_renderer({.mode = ProgressMode::json, .builds = &data}, progress, terminal, clock);
  for (const Event& event : events) renderer->emit(event);
  CHECK(data.text() == "{\"vertexes\":[]}\n");
  CHECK(progress.text() == "{\"id\":\"shop-web\",\"status\":\"Built\"}\n");
  CHECK(shown(ProgressMode::plain, {events.front(), events.back()}) == " shop-web  Built\n");
}

TEST_CASE("warnings and failures can go elsewhere than progress", "[ui]") {
  ui::StringOutput status, messages;
  const ui::Terminal terminal(-1, ui::AnsiMode::never);
  const StoppedClock clock;
  for (const auto mode : {ProgressMode::plain, ProgressMode::json, ProgressMode::quiet}) {
    const auto renderer = ui::make_renderer({.mode = mode, .messages = &messages}, status, terminal, clock);
    renderer->emit(Warning{"beware"});
    renderer->emit(FailureReport{.service = "web", .what = "no luck"});
    renderer->emit(progress(ResourceKind::network, "shop_default", Activity::created));
    CHECK(status.take() == (mode == ProgressMode::plain ? " Network shop_default  Created\n"
                            : mode == ProgressMode::json
                                ? "{\"id\":\"Network shop_default\",\"status\":\"Created\"}\n"
                                : ""));
    const auto said = messages.take();
    CHECK(said.find("beware") < said.find("no luck"));
    CHECK(said.find("no luck") != std::string::npos);
  }
}

TEST_CASE("--ansi always redraws whatever the output is, under the command's title", "[ui]") {
  ui::StringOutput output;
  const ui::Terminal terminal(-1, ui::AnsiMode::always);
  const StoppedClock clock;
  ui::RendererOptions options;
  options.title = "Stopping";
  const auto renderer = ui::make_renderer(options, output, terminal, clock);
  renderer->emit(progress(ResourceKind::container, "shop-db-1", Activity::stopped));
  renderer->finish();
  CHECK(output.text().find("[+] Stopping 1/1") != std::string::npos);
}

TEST_CASE("plain lines are worded as docker compose words them", "[ui]") {
  CHECK(shown(ProgressMode::plain, life()) ==
        " Network shop_default  Creating\n"
        " Volume shop_data  Created\n"
        " Container shop-db-1  Recreate\n"
        " Container shop-db-1  Recreated\n"
        " Container shop-db-1  Waiting\n"
        " Container shop-db-1  Healthy\n"
        " Image shop-web  Removed\n");
}

TEST_CASE("what happens to an image is told by its service's name", "[ui]") {
  const std::vector<Event> events = {
      progress(ResourceKind::image, "web", Activity::pulling, Phase::working),
      progress(ResourceKind::image, "web", Activity::pulled),
      progress(ResourceKind::image, "app", Activity::pull_skipped, Phase::done, "No image to be pulled"),
      progress(ResourceKind::image, "db", Activity::error, Phase::failed, "connection refused"),
      progress(ResourceKind::image, "db", Activity::interrupted, Phase::failed),
      progress(ResourceKind::image, "app", Activity::built)};
  CHECK(shown(ProgressMode::plain, events) ==
        " web Pulling \n"
        " web Pulled \n"
        " app Skipped - No image to be pulled \n"
        " db Error connection refused\n"
        " db  Interrupted\n"
        " app  Built\n");
  CHECK(shown(ProgressMode::json, events) ==
        "{\"id\":\"web\",\"text\":\"Pulling\"}\n"
        "{\"id\":\"web\",\"text\":\"Pulled\"}\n"
        "{\"id\":\"app\",\"text\":\"Skipped - No image to be pulled\"}\n"
        "{\"id\":\"db\",\"text\":\"Error\",\"status\":\"connection refused\"}\n"
        "{\"id\":\"db\",\"status\":\"Interrupted\"}\n"
        "{\"id\":\"app\",\"status\":\"Built\"}\n");
}

TEST_CASE("an error of a container is its text, or the word", "[ui]") {
  CHECK(shown(ProgressMode::plain, {progress(ResourceKind::container, "a-1", Activity::error, Phase::failed),
                                    progress(ResourceKind::container, "b-1", Activity::error, Phase::failed,
                                             "service \"b\" didn't complete successfully: exit 3")}) ==
        " Container a-1  Error\n"
        " Container b-1  service \"b\" didn't complete successfully: exit 3\n");
}

TEST_CASE("a dry run says so in each line", "[ui]") {
  const std::vector<Event> events = {progress(ResourceKind::container, "a-1", Activity::created)};
  CHECK(shown(ProgressMode::plain, events, DryRun::yes) == " DRY-RUN MODE -  Container a-1  Created\n");
  CHECK(shown(ProgressMode::json, events, DryRun::yes) ==
        "{\"dry-run\":true,\"id\":\"Container a-1\",\"status\":\"Created\"}\n");
}

TEST_CASE("a layer gets a line when its status changes, not for each byte", "[ui]") {
  const Subject web{ResourceKind::image, "web", "web"};
  const std::vector<Event> events = {
      Transfer{web, "a1", "Pulling fs layer", 0, 0}, Transfer{web, "a1", "Downloading", 1000, 4000},
      Transfer{web, "a1", "Downloading", 2000, 4000}, Transfer{web, "a1", "Pull complete", 0, 0}};
  CHECK(shown(ProgressMode::plain, events) ==
        " a1 Pulling fs layer \n"
        " a1 Downloading [============>                                      ]      1kB/4kB\n"
        " a1 Pull complete \n");
  CHECK(shown(ProgressMode::json, {events[2], events[3]}) ==
        "{\"id\":\"a1\",\"parent_id\":\"web\",\"text\":\"Downloading\","
        "\"status\":\"[=========================>                         ]      2kB/4kB\",\"current\":2000,"
        "\"total\":4000,\"percent\":50}\n"
        "{\"id\":\"a1\",\"parent_id\":\"web\",\"text\":\"Pull complete\",\"percent\":100}\n");
}

TEST_CASE("a push is told by its layers, and a failed one at the end", "[ui]") {
  const Subject web{ResourceKind::image, "web", "web"};
  const std::vector<Event> events = {Progress{web, Activity::pushing, event::Phase::working, ""},
                                     Transfer{web, "Pushing web:1: a1", "Layer already exists", 0, 0},
                                     Progress{web, Activity::pushed, event::Phase::done, ""},
                                     Progress{web, Activity::pushing, event::Phase::failed, "denied"},
                                     Warning{"Pushing web: denied", Warning::Level::last_word}};
  CHECK(shown(ProgressMode::plain, events) ==
        " Pushing web:1: a1 Layer already exists \nPushing web: denied\n");
  CHECK(shown(ProgressMode::plain, {events[4]}, DryRun::yes) == " DRY-RUN MODE - Pushing web: denied\n");
  CHECK(shown(ProgressMode::json, events) ==
        "{\"id\":\"Pushing web:1: a1\",\"text\":\"Layer already exists\",\"percent\":100}\n"
        "{\"tail\":true,\"text\":\"Pushing web: denied\"}\n");
  CHECK(shown(ProgressMode::quiet, events).empty());
  const std::vector<Event> published = {Progress{web, Activity::pushed, event::Phase::done, "publish"}};
  CHECK(shown(ProgressMode::plain, published) == " web published \n");
}

TEST_CASE("what a service waits for and its probes are for the terminal only", "[ui]") {
  const Subject web{ResourceKind::container, "web-1", "web"};
  const std::vector<Event> events = {Waiting{web, {"db (healthy)"}}, Probe{web, 1, "refused", false}};
  CHECK(shown(ProgressMode::plain, events).empty());
  CHECK(shown(ProgressMode::json, events).empty());
}

TEST_CASE("warnings take the form that the output calls for", "[ui]") {
  const std::vector<Event> events = {Warning{"The \"A\" variable is not set."}};
  CHECK(shown(ProgressMode::plain, events) ==
        "time=\"2026-01-02T03:04:05Z\" level=warning msg=\"The \\\"A\\\" variable is not set.\"\n");
  CHECK(shown(ProgressMode::json, events) ==
        "{\"level\":\"warning\",\"msg\":\"The \\\"A\\\" variable is not "
        "set.\",\"time\":\"2026-01-02T03:04:05Z\"}\n");
  CHECK(shown(ProgressMode::plain, {Warning{"fine", Warning::Level::info}}) ==
        "time=\"2026-01-02T03:04:05Z\" level=info msg=\"fine\"\n");
}

TEST_CASE("the end names how long it took and what decided it", "[ui]") {
  Finished end;
  end.took = 10400ms;
  CHECK(shown(ProgressMode::plain, {end}) == " Done in 10.4s\n");
  end.critical_path = {{"vault healthy", 5200ms}, {"flask_app healthy", 5100ms}};
  CHECK(shown(ProgressMode::plain, {end}) == " Done in 10.4s: vault healthy 5.2s → flask_app healthy 5.1s\n");
  CHECK(shown(ProgressMode::json, {end}) ==
        "{\"tail\":true,\"text\":\"Done in 10.4s: vault healthy 5.2s → flask_app healthy 5.1s\"}\n");
  end.ok = false;
  end.critical_path.clear();
  CHECK(shown(ProgressMode::plain, {end}) == " Failed after 10.4s\n");
  CHECK(shown(ProgressMode::quiet, {end}).empty());
}

TEST_CASE("the end can be left out for programs that read docker compose's lines", "[ui]") {
  ui::StringOutput output;
  const ui::Terminal terminal(-1, ui::AnsiMode::never);
  const StoppedClock clock;
  ui::RendererOptions options{ProgressMode::plain};
  options.summary = ui::Summary::left_out;
  const auto renderer = ui::make_renderer(options, output, terminal, clock);
  renderer->emit(Finished{});
  renderer->emit(progress(ResourceKind::volume, "data", Activity::created));
  CHECK(output.text() == " Volume data  Created\n");
}

TEST_CASE("the report of a failure has all that is needed next", "[ui]") {
  FailureReport report;
  report.service = "db";
  report.container = "shop-db-1";
  report.what = "is unhealthy";
  report.exit_code = 137;
  report.meaning = "killed, perhaps for want of memory";
  report.probes = {{"2026-01-02T03:04:05.123456789Z", 1, "connection refused\nsecond line\n"},
                   {"2026-01-02T03:04:15Z", 1, ""}};
  report.log_lines = {"starting", "\x1b[31m  FATAL: no disk\x1b[0m"};
  report.not_started = {"flask_app", "nginx"};
  report.hint = "look at `crstack logs db`";
  const std::string text =
      "✘ db: is unhealthy\n"
      "  container:   shop-db-1\n"
      "  exit code:   137: killed, perhaps for want of memory\n"
      "  last health probes:\n"
      "    03:04:05  exit 1  connection refused\n"
      "      second line\n"
      "    03:04:15  exit 1  (no output)\n"
      "  last lines of its log:\n"
      "    | starting\n"
      "    |   FATAL: no disk\n"
      "  not started: flask_app, nginx\n"
      "  hint:        look at `crstack logs db`\n";
  CHECK(ui::to_string(report) == text);
  CHECK(shown(ProgressMode::plain, {report}) == text);
  CHECK(shown(ProgressMode::quiet, {report}) == text);
  CHECK(
      shown(ProgressMode::json, {report}) ==
      "{\"error\":true,\"message\":\"is "
      "unhealthy\",\"failure\":{\"service\":\"db\",\"container\":\"shop-db-1\",\"what\":\"is "
      "unhealthy\",\"exit_code\":137,"
      "\"meaning\":\"killed, perhaps for want of "
      "memory\",\"probes\":[{\"at\":\"2026-01-02T03:04:05.123456789Z\","
      "\"exit_code\":1,\"output\":\"connection refused\\nsecond line\\n\"},{\"at\":\"2026-01-02T03:04:15Z\","
      "\"exit_code\":1,\"output\":\"\"}],\"log\":[\"starting\",\"\\u001b[31m  FATAL: no disk\\u001b[0m\"],"
      "\"not_started\":[\"flask_app\",\"nginx\"],\"hint\":\"look at `crstack logs db`\"}}\n");
}

TEST_CASE("a failure without container says what is known", "[ui]") {
  FailureReport report;
  report.service = "web";
  report.what = "port 8080 is already in use";
  CHECK(ui::to_string(report) == "✘ web: port 8080 is already in use\n");
}

TEST_CASE("probes that found the same are told once, and long lines are broken with an indent", "[ui]") {
  FailureReport report;
  report.service = "db";
  report.what = "is unhealthy";
  report.probes = {{"2026-01-02T03:04:05Z", 1, "connection to the server on the socket failed"},
                   {"2026-01-02T03:04:07Z", 1, "connection to the server on the socket failed"},
                   {"2026-01-02T03:04:09Z", -1, "Health check exceeded timeout (2s)"}};
  report.log_lines = {"a line of the log is its author's and stays as it is"};
  report.hint = "a hint that is longer than a line of forty";
  CHECK(ui::report_text(report, {ui::Colours::off, 40}) ==
        "✘ db: is unhealthy\n"
        "  last health probes:\n"
        "    03:04:07  exit 1 (2 times)  connection\n"
        "      to the server on the socket failed\n"
        "    03:04:09  no exit code  Health check\n"
        "      exceeded timeout (2s)\n"
        "  last lines of its log:\n"
        "    | a line of the log is its author's and stays as it is\n"
        "  hint:        a hint that is longer\n"
        "               than a line of forty\n");
}

TEST_CASE("the chain that decided is broken between its links", "[ui]") {
  const Finished end{
      true, 9400ms, {{"db healthy", 5200ms}, {"web started", 2100ms}, {"web healthy", 2100ms}}};
  CHECK(ui::finished_text(end, 40) ==
        "Done in 9.4s: db healthy 5.2s →\n  web started 2.1s → web healthy 2.1s");
  CHECK(ui::finished_text(end, 48) ==
        "Done in 9.4s: db healthy 5.2s →\n  web started 2.1s → web healthy 2.1s");
}

TEST_CASE("progress modes by name", "[ui]") {
  CHECK(ui::parse_progress_mode("rawjson") == ProgressMode::json);
  CHECK(ui::parse_progress_mode("auto") == ProgressMode::automatic);
  CHECK_FALSE(ui::parse_progress_mode("fancy").has_value());
}
