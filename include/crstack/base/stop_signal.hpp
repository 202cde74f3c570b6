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
      : callback_(stop, [this] { ::eventfd_write(event_.fd, 1); }) {}
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  [[nodiscard]] int fd() const { return event_.fd; }

 private:
  struct Event {
    Event() = default;
    ~Event() { ::close(fd); }
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;
    const int fd = ::eventfd(0, EFD_CLOEXEC);
  };

  Event event_;
  /// Behind the event: a stop that comes now must find it open, or the number may be another file's.
  std::stop_callback<std::function<void()>> callback_;
};

}  // namespace crstack
