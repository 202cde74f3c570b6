// SPDX-License-Identifier: MIT
#pragma once

#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "crstack/engine/engine.hpp"
#include "crstack/ui/log_writer.hpp"

namespace crstack::cli {

/// Whose output is wanted, and how much of it.
struct LogRequest {
  std::string project;
  std::vector<std::string> services;  ///< empty: all
  std::vector<std::string> excluded;  ///< services that are not followed (`--no-attach`)
  int index = 0;                      ///< of the container, where a service has several; 0: all
  engine::LogOptions options;  ///< `follow`, `tail`, `since`, `until`, streams; `timestamps` is decided here
  ui::Timestamps timestamps = ui::Timestamps::hide;
  /// While following: whether it ends with the last container (`logs -f`; what was stopped may yet be
  /// restarted), at once
  /// (`up`), or only once all have been removed (`up --watch`: changed files may bring back what has ended).
  enum class AfterLast { end, end_at_once, end_at_removal } after_last = AfterLast::end;
  std::set<std::string> awaited;      ///< IDs of containers that are yet to start: it does not end before
  std::set<std::string> unreadable;   ///< services that keep no logs: attached to while following
  std::function<void()> attached;     ///< called once that is done: what starts from now on is seen whole
  std::stop_token no_more_starts;     ///< stopped: what has not started by now is not awaited any more
  std::vector<std::string> decisive;  ///< the services whose containers are meant by `last`; empty: all shown
  /// While following: whether `web-1 exited with code 0` is written.
  enum class Exits { hide, show } exits = Exits::show;
  std::function<void(const std::string&)> warn;  ///< is told of a container whose logs can't be read
};

/// Writes the output of a project's containers, what is there already in the order of the engine's
/// timestamps, then what comes as it comes. While following, containers that are restarted, recreated or
/// added join in, without a gap and without a line twice. Returns at the end, when stopped, or when nobody
/// reads any more. Throws EngineError where the engine fails, Error for a service without a container.
void stream_logs(engine::Engine& engine, ui::LogWriter& writer, const LogRequest& request,
                 std::stop_token stop);

/// The name that goes before a container's lines: `web-1` for `app-web-1`, its whole name for one that isn't
/// named after its service.
std::string log_name(const std::string& container, const std::string& project, const std::string& service);

}  // namespace crstack::cli
