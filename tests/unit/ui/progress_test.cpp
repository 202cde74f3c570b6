// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>

#include "crstack/base/text.hpp"
#include "crstack/ui/progress_model.hpp"
#include "crstack/ui/text.hpp"
#include "ui/tty_frame.hpp"

using namespace crstack;
using namespace crstack::event;
using namespace std::chrono_literals;
using ui::ProgressModel;
using ui::Row;
using ui::RowState;

namespace {

ProgressModel::Instant at(std::chrono::milliseconds time) {
  return ProgressModel::Instant(time);
}

Subject container(const std::string& name) {
  return {ResourceKind::container, name, {}};
}

Progress progress(const std::string& name, Activity activity, Phase phase, const std::string& detail = {}) {
  return {container(name), activity, phase, detail};
}

std::string frame(const ProgressModel& model, ProgressModel::Instant now, ui::TerminalSize size,
                  bool last = false) {
  return join(ui::layout_frame(model.rows(now), {size, ui::Colours::off, 0, last}), "\n") + "\n";
}

}  // namespace

TEST_CASE("a line says what it is doing and for how long", "[ui]") {
  ProgressModel model;
  model.apply(progress("db-1", Activity::creating, Phase::working), at(0s));
  model.apply(progress("db-1", Activity::created, Phase::done), at(100ms));
  CHECK(frame(model, at(9s), {60, 24}) == "[+] Running 1/1\n ✔ Container db-1  Created     0.1s\n");
  CHECK_FALSE(model.running());
  model.apply(progress("db-1", Activity::starting, Phase::working), at(10s));
  CHECK(model.running());
  CHECK(frame(model, at(12500ms), {60, 24}) == "[+] Running 0/1\n ⠋ Container db-1  Starting     2.5s\n");
}

TEST_CASE("a waiting service names what it waits for, a starting one its last probe", "[ui]") {
  ProgressModel model;
  model.apply(progress("db-1", Activity::waiting, Phase::working), at(0s));
  model.apply(Probe{{ResourceKind::container, "db-1", "the same whatever service is named"},
                    1,
                    "connection \x1b[31mrefused",
                    true},
              at(1s));
  model.apply(Waiting{container("web-1"), {"db (healthy)", "job (done)"}}, at(1s));
  CHECK(frame(model, at(3s), {80, 24}) ==
        "[+] Running 0/2\n"
        " · Container db-1   Waiting probe exit 1: connection refused     3.0s\n"
        " · Container web-1  Waiting for db (healthy), job (done)         2.0s\n");
  model.apply(progress("db-1", Activity::healthy, Phase::done), at(4s));
  model.apply(Waiting{container("web-1"), {}}, at(4s));
  model.apply(progress("web-1", Activity::starting, Phase::working), at(4s));
  CHECK(frame(model, at(5s), {80, 24}) ==
        "[+] Running 1/2\n"
        " ✔ Container db-1   Healthy      4.0s\n"
        " ⠋ Container web-1  Starting     1.0s\n");
}

TEST_CASE("a service that waits is created meanwhile, and goes on by itself", "[ui]") {
  ProgressModel model;
  const Subject web{ResourceKind::container, "web-1", "web"};
  model.apply(Waiting{web, {"db (healthy)", "job (completed)"}}, at(0s));
  CHECK(frame(model, at(1s), {80, 24}) ==
        "[+] Running 0/1\n · Container web-1  Waiting for db (healthy), job (completed)     1.0s\n");
  model.apply(Progress{web, Activity::creating, Phase::working, {}}, at(1s));
  CHECK(frame(model, at(3s), {80, 24}) == "[+] Running 0/1\n ⠋ Container web-1  Creating     2.0s\n");
  model.apply(Progress{web, Activity::created, Phase::done, {}}, at(3s));
  model.apply(Progress{{ResourceKind::container, "db-1", "db"}, Activity::healthy, Phase::done, {}}, at(4s));
  CHECK(frame(model, at(5s), {80, 24}) ==
        "[+] Running 1/2\n"
        " · Container web-1  Waiting for job (completed)     2.0s\n"
        " ✔ Container db-1   Healthy                         0.0s\n");
  model.apply(Progress{web, Activity::starting, Phase::working, {}}, at(6s));
  model.apply(Progress{web, Activity::started, Phase::done, {}}, at(7s));
  CHECK(frame(model, at(9s), {80, 24}) ==
        "[+] Running 2/2\n"
        " ✔ Container web-1  Started     1.0s\n"
        " ✔ Container db-1   Healthy     0.0s\n");
}

TEST_CASE("why something is done is said where the activity does not say it", "[ui]") {
  ProgressModel model;
  model.apply(progress("db-1", Activity::created, Phase::done, "not there"), at(0s));
  model.apply(progress("web-1", Activity::recreated, Phase::done, "configuration changed"), at(0s));
  CHECK(frame(model, at(0s), {80, 24}) ==
        "[+] Running 2/2\n"
        " ✔ Container db-1   Created                               0.0s\n"
        " ✔ Container web-1  Recreated (configuration changed)     0.0s\n");
}

TEST_CASE("networks and volumes stand above the containers that were announced before them", "[ui]") {
  ProgressModel model;
  model.apply(Waiting{{ResourceKind::container, "web-1", "web"}, {"db (started)"}}, at(0s));
  model.apply(Progress{{ResourceKind::network, "shop", {}}, Activity::created, Phase::done, {}}, at(0s));
  CHECK(frame(model, at(1s), {80, 24}) ==
        "[+] Running 1/2\n"
        " ✔ Network shop     Created                      0.0s\n"
        " · Container web-1  Waiting for db (started)     1.0s\n");
  model.apply(Progress{{ResourceKind::container, "db-1", "db"}, Activity::started, Phase::done, {}}, at(2s));
  CHECK(model.rows(at(2s))[1].detail.empty());
}

TEST_CASE("a copy says what goes where, a commit what it made", "[ui]") {
  ProgressModel model;
  model.apply(progress("db-1", Activity::copying, Phase::working, "copy db-1:/a to b"), at(0s));
  CHECK(frame(model, at(1s), {60, 24}) == "[+] Running 0/1\n ⠋ db-1 copy db-1:/a to b  Copying     1.0s\n");
  model.apply(progress("db-1", Activity::copied, Phase::done, "Commit db-1 as sha256:12"), at(2s));
  CHECK(frame(model, at(2s), {70, 24}) ==
        "[+] Running 1/1\n ✔ db-1 Commit db-1  Committed as sha256:12     2.0s\n");
}

TEST_CASE("a pull adds its layers up", "[ui]") {
  ProgressModel model;
  const Subject web{ResourceKind::image, "web", "web"};
  model.apply(Progress{web, Activity::pulling, Phase::working, {}}, at(0s));
  model.apply(Transfer{web, "a", "Downloading", 1'000'000, 2'000'000}, at(1s));
  model.apply(Transfer{web, "b", "Pull complete", 0, 3'000'000}, at(1s));
  model.apply(Transfer{web, "c", "Waiting", 0, 0}, at(1s));
  CHECK(frame(model, at(1s), {80, 24}) == "[+] Running 0/1\n ⠋ web  Pulling 1/3 layers, 4MB/5MB     1.0s\n");
  model.apply(Progress{web, Activity::pulled, Phase::done, {}}, at(2s));
  CHECK(frame(model, at(9s), {80, 24}) == "[+] Running 1/1\n ✔ web  Pulled     2.0s\n");
}

TEST_CASE("a failure says why", "[ui]") {
  ProgressModel model;
  model.apply(progress("db-1", Activity::error, Phase::failed, "exited with code 3"), at(0s));
  CHECK(model.rows(at(0s)).front().state == RowState::failed);
  CHECK(frame(model, at(0s), {80, 24}) ==
        "[+] Running 1/1\n ✘ Container db-1  Error exited with code 3     0.0s\n");
  model.apply(progress("db-1", Activity::error, Phase::failed, "Error response from daemon: no"), at(0s));
  CHECK(frame(model, at(0s), {80, 24}) ==
        "[+] Running 1/1\n ✘ Container db-1  Error response from daemon: no     0.0s\n");
}

TEST_CASE("no line reaches the edge of the terminal, however narrow", "[ui]") {
  ProgressModel model;
  model.apply(progress("a-project-with-a-long-name-service-1", Activity::waiting, Phase::working,
                       "with a long 日本語 detail that never ends, ever"),
              at(0s));
  for (int columns = 1; columns < 120; ++columns) {
    for (const std::string& line :
         ui::layout_frame(model.rows(at(1h)), {{columns, 24}, ui::Colours::off, 0, false})) {
      if (columns >= 20) CHECK(ui::display_width(line) < static_cast<std::size_t>(columns));
    }
  }
  CHECK(frame(model, at(1s), {40, 24}) == "[+] Running 0/1\n · …g-name-service-1  Waiting (with a …\n");
}

TEST_CASE("what doesn't fit the height gives way, the finished first", "[ui]") {
  ProgressModel model;
  for (const char* name : {"a", "b", "c", "d"})
    model.apply(progress(name, Activity::started, Phase::done), at(0s));
  model.apply(progress("e", Activity::starting, Phase::working), at(0s));
  model.apply(Waiting{container("f"), {"e"}}, at(0s));
  model.apply(progress("g", Activity::started, Phase::done), at(0s));
  CHECK(frame(model, at(1s), {60, 7}) ==
        "[+] Running 5/7\n"
        " ✔ Container d  Started           0.0s\n"
        " ⠋ Container e  Starting          1.0s\n"
        " · Container f  Waiting for e     1.0s\n"
        " ✔ Container g  Started           0.0s\n"
        "   … 3 more, 3 done\n");
  CHECK(ui::layout_frame(model.rows(at(1s)), {{60, 7}, ui::Colours::off, 0, true}).size() == 8);
}

TEST_CASE("colours tell how a line stands", "[ui]") {
  ProgressModel model;
  model.apply(progress("a", Activity::started, Phase::done), at(0s));
  CHECK(ui::layout_frame(model.rows(at(0s)), {{60, 7}, ui::Colours::on, 0, false}).back() ==
        " \x1b[32m✔\x1b[0m Container a  \x1b[32mStarted\x1b[0m     \x1b[34m0.0s\x1b[0m");
}
