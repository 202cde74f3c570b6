// SPDX-License-Identifier: MIT
// Drives the tty renderer on stderr from commands on stdin, for tty_renderer_test.py: `working NAME`, `done
// NAME`, `waiting NAME FOR`, `warn TEXT`, `fail NAME`, `finish`; the end of stdin ends it without a word.
#include <iostream>
#include <sstream>

#include "crstack/ui/renderer.hpp"

using namespace crstack;
using namespace crstack::event;

namespace {

Subject container(const std::string& name) {
  return {ResourceKind::container, name, name};
}

void obey(const std::string& line, ui::Renderer& renderer) {
  std::istringstream words(line);
  std::string command, name, rest;
  words >> command >> name;
  std::getline(words >> std::ws, rest);
  if (command == "working") renderer.emit(Progress{container(name), Activity::starting, Phase::working, {}});
  if (command == "done") renderer.emit(Progress{container(name), Activity::started, Phase::done, {}});
  if (command == "waiting") renderer.emit(Waiting{container(name), {rest}});
  if (command == "warn") renderer.emit(Warning{name + " " + rest});
  if (command == "fail") {
    FailureReport report;
    report.service = name;
    report.what = "exited with code 3";
    renderer.emit(report);
  }
  if (command == "finish") {
    renderer.emit(
        Finished{true, std::chrono::milliseconds(1500), {{"db healthy", std::chrono::milliseconds(1500)}}});
    renderer.finish();
  }
}

}  // namespace

int main() {
  ui::FdOutput output(2);
  const ui::Terminal terminal(2);
  const RealClock clock;
  const auto renderer = ui::make_renderer({}, output, terminal, clock);
  std::string line;
  while (std::getline(std::cin, line)) obey(line, *renderer);
  return 0;
}
