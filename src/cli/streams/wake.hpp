// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <vector>

struct pollfd;

namespace crstack::cli {

/// Ends another thread's wait for descriptors. Thread-safe.
class Wake {
 public:
  Wake();  ///< throws Error where the system has no descriptor left
  ~Wake();
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;
  void wake() const;
  /// Waits until one of `descriptors` has something to read, `wake` was called, or the time is over (unset:
  /// for ever). `descriptors` say afterwards which.
  void wait(std::vector<pollfd>& descriptors, std::optional<std::chrono::milliseconds> time = {}) const;

 private:
  int fd_;
};

}  // namespace crstack::cli
