// SPDX-License-Identifier: MIT
#include "exec/event_stream.hpp"

#include <atomic>
#include <catch2/catch_test_macros.hpp>

using namespace crstack;

namespace {

/// Breaks off after what there is to tell, and tells it anew to whoever subscribes from there.
class BreakingEngine final : public engine::System {
 public:
  explicit BreakingEngine(std::vector<engine::EngineEvent> history) : history_(std::move(history)) {}
  engine::EngineVersion version() override { return {}; }
  int api_version() override { return 1041; }
  engine::RemovalOrder removal_order() override { return {}; }
  bool logs_outlive_restarts() override { return false; }
  bool is_swarm_node() override { return false; }
  void events(const engine::LabelFilter&, const std::string&, const std::string&,
              const std::function<void()>& on_open, const engine::EventSinkFunction& sink,
              std::stop_token) override {
    on_open();
    if (++subscriptions > 20) return;
    for (const auto& event : history_) sink(event);
  }
  std::atomic<int> subscriptions = 0;

 private:
  std::vector<engine::EngineEvent> history_;
};

engine::EngineEvent event_of(const std::string& action, const std::string& id) {
  engine::EngineEvent event;
  event.type = "container";
  event.action = action;
  event.id = id;
  event.time = engine::WallTime(std::chrono::seconds(7));
  return event;
}

}  // namespace

TEST_CASE("an event that is told anew after a break counts once, and keeps no dead stream alive", "[exec]") {
  BreakingEngine engine({event_of("die", "a"), event_of("die", "b")});
  exec::Loop loop;
  std::vector<std::string> heard;
  bool lost = false;
  exec::EventStream::Callbacks callbacks;
  callbacks.opened = [] {};
  callbacks.event = [&](const engine::EngineEvent& event) { heard.push_back(event.id); };
  callbacks.lost = [&](const std::string&) { lost = true; };
  const exec::EventStream stream(engine, loop, "app", callbacks);
  loop.run([&] { return lost; });
  CHECK(heard == std::vector<std::string>{"a", "b"});
  CHECK(engine.subscriptions == 3);
}
