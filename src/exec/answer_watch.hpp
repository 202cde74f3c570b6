// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <thread>

#include "crstack/plan/plan.hpp"
#include "loop.hpp"

namespace crstack::exec {

/// Tells when the answers of pending calls are there: one thread for all of them, and none where there are no
/// such calls.
class AnswerWatch {
 public:
  /// `answered` is called on the loop's thread, once for each step that was added; also for one that was
  /// given up just then.
  AnswerWatch(Loop& loop, std::function<void(plan::StepId)> answered);
  ~AnswerWatch();
  AnswerWatch(const AnswerWatch&) = delete;
  AnswerWatch& operator=(const AnswerWatch&) = delete;
  /// Watches until `fd` is readable or closed. From the loop's thread; throws Error.
  void add(int fd, plan::StepId step);

 private:
  void open();
  void watch();

  Loop& loop_;
  const std::function<void(plan::StepId)> answered_;
  int poll_ = -1, end_ = -1;  ///< an epoll(7) instance and the eventfd that ends it
  std::thread thread_;
};

}  // namespace crstack::exec
