// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <thread>

#include "crstack/engine/engine.hpp"
#include "loop.hpp"

namespace crstack::exec {

/// One subscription to the engine's events, on a thread of its own, that outlives breaks: it subscribes again
/// from where it was cut off, and tells no event twice. All callbacks run on the loop. The destructor ends
/// it.
class EventStream {
 public:
  struct Callbacks {
    std::function<void()> opened;  ///< also after each break: what was missed has to be asked for
    std::function<void(const engine::EngineEvent&)> event;
    std::function<void(const std::string& error)> lost;  ///< it could not be opened again
  };
  EventStream(engine::System& engine, Loop& loop, std::string project, Callbacks callbacks);
  ~EventStream() = default;

 private:
  void work(const std::stop_token& stop);

  engine::System& engine_;
  Loop& loop_;
  const std::string project_;
  const Callbacks callbacks_;
  std::jthread thread_;
};

}  // namespace crstack::exec
