// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "cli/log_merge.hpp"
#include "cli/log_stream.hpp"
#include "crstack/engine/demux.hpp"
#include "crstack/plan/labels.hpp"

namespace crstack::cli {

/// Follows a project's containers: one thread for the events, one for each container that runs.
class LogFollower {
 public:
  LogFollower(engine::Engine& engine, ui::LogWriter& writer, const LogRequest& request, std::stop_token stop);
  ~LogFollower();
  LogFollower(const LogFollower&) = delete;
  LogFollower& operator=(const LogFollower&) = delete;
  void run();

 private:
  struct Position {  ///< up to where a container's output was written
    std::string stamp;
    std::size_t entries = 0;  ///< with just that timestamp
  };
  struct Followed {
    std::string container, name;  ///< its name, and what stands before its lines
    ui::LogWriter::Source source = 0;
    std::jthread thread;
    bool reading = false, again = false;
    bool unreadable = false;       ///< attached to instead of read
    bool decisive = true;          ///< whether the end of all such ends the following
    std::string since;             ///< for the next reading
    Position position;             ///< to leave out what history has shown
    engine::WallTime ended;        ///< the last `die`; the epoch: none seen
    std::optional<int> exit_code;  ///< to be told once its output is through
    ui::LogWriter::After after = ui::LogWriter::After::end;
  };

  [[nodiscard]] bool wanted(const engine::StringMap& labels) const;
  [[nodiscard]] bool decides(const engine::StringMap& labels) const;
  std::vector<engine::ContainerSummary> list();
  void open_events();
  void write_history(const std::vector<engine::ContainerSummary>& containers);
  void write_history_of(const engine::ContainerSummary& container, Followed& followed,
                        const engine::LogOptions& options);
  void unreadable(const Followed& followed, const engine::EngineError& error);
  Followed& know(const std::string& id, const std::string& name, const engine::StringMap& labels);
  void follow(const std::string& id, Followed& followed);
  void read(const std::string& id, Followed& followed);
  void read_once(const std::string& id, Followed& followed, const std::string& since);
  void tell_exit(Followed& followed);
  void on_event(const engine::EngineEvent& event);
  void on_start(const engine::EngineEvent& event);
  void on_die(const engine::EngineEvent& event);
  [[nodiscard]] std::string since_of_restart(const engine::EngineEvent& event, const Followed& followed);
  void wait_for_end();
  void fail(std::exception_ptr error);
  /// Attaches to those that keep no logs, and takes them out of the list.
  void attach_unreadable(std::vector<engine::ContainerSummary>& containers);
  void attach(const std::string& id, Followed& followed);
  void read_attached(Followed& followed, engine::Duplex& stream, engine::Terminal terminal);
  bool write(Followed& followed, const LogEntry& entry);

  engine::Engine& engine_;
  ui::LogWriter& writer_;
  const LogRequest& request_;
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> outer_stop_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, Followed> followed_;  ///< by container ID
  std::set<std::string> running_;             ///< those that decide
  std::set<std::string> awaited_;
  std::exception_ptr error_;
  bool open_ = false;
  std::jthread events_;
};

}  // namespace crstack::cli
