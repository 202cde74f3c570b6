// SPDX-License-Identifier: MIT
#include "event_stream.hpp"

#include <set>
#include <tuple>

#include "crstack/plan/labels.hpp"

namespace crstack::exec {

namespace {

constexpr int attempts = 3;  ///< in a row that end without an event

/// Unix seconds with nanoseconds, as `since` wants it.
std::string engine_time(engine::WallTime time) {
  const auto nanoseconds =
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
  const std::string fraction = std::to_string(nanoseconds % 1'000'000'000);
  return std::to_string(nanoseconds / 1'000'000'000) + "." + std::string(9 - fraction.size(), '0') + fraction;
}

/// What has been told of the newest moment: who subscribes again from there is told it anew.
class Told {
 public:
  /// Whether the event is new.
  bool add(const engine::EngineEvent& event) {
    if (event.time != time_) told_.clear();
    time_ = event.time;
    return told_.insert({event.type, event.action, event.id}).second;
  }
  [[nodiscard]] std::string since() const { return told_.empty() ? "" : engine_time(time_); }

 private:
  engine::WallTime time_;
  std::set<std::tuple<std::string, std::string, std::string>> told_;
};

}  // namespace

EventStream::EventStream(engine::System& engine, Loop& loop, std::string project, Callbacks callbacks)
    : engine_(engine),
      loop_(loop),
      project_(std::move(project)),
      callbacks_(std::move(callbacks)),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

void EventStream::work(const std::stop_token& stop) {
  const engine::LabelFilter filter{std::string(plan::labels::project) + "=" + project_};
  Told told;
  std::string error = "the engine closed it";
  for (int failures = 0; failures < attempts && !stop.stop_requested(); ++failures) {
    try {
      engine_.events(
          filter, told.since(), "", [this] { loop_.post(callbacks_.opened); },
          [&](const engine::EngineEvent& event) {
            if (!told.add(event)) return true;
            failures = 0;
            loop_.post([this, event] { callbacks_.event(event); });
            return true;
          },
          stop);
    } catch (const Error& problem) {
      error = problem.what();
    }
  }
  if (!stop.stop_requested()) loop_.post([this, error] { callbacks_.lost(error); });
}

}  // namespace crstack::exec
