// SPDX-License-Identifier: MIT
#include "event_stream.hpp"

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

}  // namespace

EventStream::EventStream(engine::Engine& engine, Loop& loop, std::string project, Callbacks callbacks)
    : engine_(engine),
      loop_(loop),
      project_(std::move(project)),
      callbacks_(std::move(callbacks)),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

void EventStream::work(const std::stop_token& stop) {
  const engine::LabelFilter filter{std::string(plan::labels::project) + "=" + project_};
  std::string since, error = "the engine closed it";
  for (int failures = 0; failures < attempts && !stop.stop_requested(); ++failures) {
    try {
      engine_.events(
          filter, since, "", [this] { loop_.post(callbacks_.opened); },
          [&](const engine::EngineEvent& event) {
            since = engine_time(event.time);
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
