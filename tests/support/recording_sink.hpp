// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <vector>

#include "crstack/event/event.hpp"

namespace crstack::test {

/// Keeps every event in the order of arrival. Thread-safe.
class RecordingSink final : public event::EventSink {
 public:
  void emit(const event::Event& event) override {
    std::lock_guard lock(mutex_);
    events_.push_back(event);
    arrived_.notify_all();
  }
  [[nodiscard]] std::vector<event::Event> events() const {
    std::lock_guard lock(mutex_);
    return events_;
  }
  /// All events of one kind, in order.
  template <class Kind>
  [[nodiscard]] std::vector<Kind> of() const {
    std::vector<Kind> result;
    for (const auto& event : events())
      if (const auto* kind = std::get_if<Kind>(&event)) result.push_back(*kind);
    return result;
  }
  /// Blocks until an event satisfies the predicate; false after ten seconds without one.
  bool wait_for(const std::function<bool(const event::Event&)>& wanted) {
    std::unique_lock lock(mutex_);
    return arrived_.wait_for(lock, std::chrono::seconds(10), [&] {
      for (const auto& event : events_)
        if (wanted(event)) return true;
      return false;
    });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<event::Event> events_;
};

}  // namespace crstack::test
