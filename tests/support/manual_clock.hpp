// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <stop_token>

#include "crstack/base/clock.hpp"

namespace crstack::test {

/// A clock that stands still until a test moves it. Thread-safe. Starts at 2026-01-02T03:04:05Z.
class ManualClock final : public Clock {
 public:
  [[nodiscard]] Instant steady_now() const override {
    std::lock_guard lock(mutex_);
    return Instant(elapsed_);
  }
  [[nodiscard]] std::chrono::system_clock::time_point system_now() const override {
    std::lock_guard lock(mutex_);
    return epoch + std::chrono::duration_cast<std::chrono::system_clock::duration>(elapsed_);
  }

  /// Runs `action` (in the thread that moves the clock) once the clock is there. Past instants: on the next
  /// move.
  void at(Instant when, std::function<void()> action) {
    std::lock_guard lock(mutex_);
    timers_.emplace(when.time_since_epoch(), std::move(action));
  }

  /// Moves the clock on, from timer to timer, so that each of them sees its own time.
  void advance(Duration by) {
    std::unique_lock lock(mutex_);
    const Duration target = elapsed_ + by;
    while (!timers_.empty() && timers_.begin()->first <= target) {
      auto node = timers_.extract(timers_.begin());
      elapsed_ = std::max(elapsed_, node.key());
      moved_.notify_all();
      lock.unlock();
      node.mapped()();
      lock.lock();
    }
    elapsed_ = target;
    moved_.notify_all();
  }

  /// Blocks until a test has moved the clock to `when`, or the token is stopped.
  void sleep_until(Instant when, const std::stop_token& stop = {}) {
    std::unique_lock lock(mutex_);
    const auto sleeper = sleepers_.insert(when.time_since_epoch());
    moved_.notify_all();
    moved_.wait(lock, stop, [&] { return elapsed_ >= when.time_since_epoch(); });
    sleepers_.erase(sleeper);
  }

  /// Waits until `count` threads sleep on this clock: then a test may move it without a race.
  void wait_for_sleepers(std::size_t count) {
    std::unique_lock lock(mutex_);
    moved_.wait(lock, [&] { return sleepers_.size() >= count; });
  }

  /// Moves to the earliest instant that a sleeper or a timer waits for. False: nobody waits.
  bool advance_to_next() {
    std::unique_lock lock(mutex_);
    if (sleepers_.empty() && timers_.empty()) return false;
    Duration next = Duration::max();
    if (!sleepers_.empty()) next = *sleepers_.begin();
    if (!timers_.empty()) next = std::min(next, timers_.begin()->first);
    const Duration by = std::max(Duration::zero(), next - elapsed_);
    lock.unlock();
    advance(by);
    return true;
  }

  /// Where the wall clock starts.
  static constexpr std::chrono::system_clock::time_point epoch{std::chrono::seconds(1767323045)};

 private:
  mutable std::mutex mutex_;
  std::condition_variable_any moved_;
  Duration elapsed_{};
  std::multimap<Duration, std::function<void()>> timers_;
  std::multiset<Duration> sleepers_;
};

}  // namespace crstack::test
