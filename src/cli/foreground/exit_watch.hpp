// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "crstack/engine/engine.hpp"

namespace crstack::cli {

/// A container that has ended for good.
struct Exit {
  std::string service, container, id;
  int code = 0;
};

/// Listens to the engine's events for containers of a project that end and are not restarted. Listens from
/// the end of the constructor to the destructor; one thread; an engine that breaks off ends the listening.
class ExitWatch {
 public:
  ExitWatch(engine::Engine& engine, const std::string& project);
  ~ExitWatch();
  ExitWatch(const ExitWatch&) = delete;
  ExitWatch& operator=(const ExitWatch&) = delete;

  using Fits = std::function<bool(const Exit&)>;
  /// The first exit that fits, or nothing once `stop` is stopped or the engine has broken off.
  std::optional<Exit> first(const Fits& fits, std::stop_token stop);
  /// Takes up what has ended by now, in the order of the ends: its event may still be on its way.
  void catch_up(const std::vector<std::string>& container_ids);
  /// The exit code of a service's last container to end.
  std::optional<int> code_of(const std::string& service);

 private:
  bool on_event(const engine::EngineEvent& event);

  engine::Engine& engine_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<Exit> exits_;
  bool open_ = false, over_ = false;
  std::jthread thread_;
};

}  // namespace crstack::cli
