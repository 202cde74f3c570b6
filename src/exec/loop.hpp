// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>

#include "crstack/base/clock.hpp"

namespace crstack::exec {

/// One thread's list of things to do: others post to it, timers come due in it. What is posted runs in the
/// order of posting, on the thread that runs the loop, so that it needs no locks.
class Loop {
 public:
  using Task = std::function<void()>;

  void post(Task task) {  ///< from any thread
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    wake_.notify_one();
  }
  void after(Duration delay, Task task) {  ///< from the loop's own thread
    const auto when =
        std::chrono::steady_clock::now() + std::chrono::duration_cast<Clock::Instant::duration>(delay);
    timers_.emplace(when, std::move(task));
  }
  /// Runs tasks and timers until `done` says so. `done` is asked after each.
  void run(const std::function<bool()>& done) {
    while (!done()) next()();
  }

 private:
  Task next() {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (!tasks_.empty()) {
        auto task = std::move(tasks_.front());
        tasks_.pop_front();
        return task;
      }
      if (timers_.empty()) {
        wake_.wait(lock);
      } else if (timers_.begin()->first <= std::chrono::steady_clock::now()) {
        auto task = std::move(timers_.begin()->second);
        timers_.erase(timers_.begin());
        return task;
      } else {
        wake_.wait_until(lock, timers_.begin()->first);
      }
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> tasks_;
  std::multimap<Clock::Instant, Task> timers_;
};

}  // namespace crstack::exec
