// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

namespace crstack {

using Duration = std::chrono::nanoseconds;

/// Time, injected wherever something waits or measures, so that tests decide how fast it goes.
/// Thread-safe. `steady_now` only ever grows; `system_now` is the wall clock (Unix epoch).
class Clock {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant steady_now() const = 0;
  [[nodiscard]] virtual std::chrono::system_clock::time_point system_now() const = 0;
};

/// The machine's own clocks.
class RealClock final : public Clock {
 public:
  [[nodiscard]] Instant steady_now() const override { return std::chrono::steady_clock::now(); }
  [[nodiscard]] std::chrono::system_clock::time_point system_now() const override {
    return std::chrono::system_clock::now();
  }
};

}  // namespace crstack
