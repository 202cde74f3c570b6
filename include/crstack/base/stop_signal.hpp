// SPDX-License-Identifier: MIT
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <functional>
#include <stop_token>

namespace crstack {

/// A file descriptor for poll(2) that becomes readable when the token is stopped.
class StopSignal {
 public:
  explicit StopSignal(const std::stop_token& stop)
      : fd_(::eventfd(0, EFD_CLOEXEC)), callback_(stop, [this] { ::eventfd_write(fd_, 1); }) {}
  ~StopSignal() { ::close(fd_); }
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
  std::stop_callback<std::function<void()>> callback_;
};

}  // namespace crstack
