// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <thread>

#include "cli/logs/log_merge.hpp"
#include "cli/logs/log_reading.hpp"
#include "cli/logs/log_stream.hpp"
#include "cli/streams/wake.hpp"

namespace crstack::cli {

/// Follows a project's containers, however many: one thread for the events, and that of `run` for all that
/// they write.
class LogFollower {
 public:
  LogFollower(engine::Engine& engine, ui::LogWriter& writer, const LogRequest& request, std::stop_token stop);
  ~LogFollower();
  LogFollower(const LogFollower&) = delete;
  LogFollower& operator=(const LogFollower&) = delete;
  /// Hears of starts from now on, whose output is shown by `run`; else it hears only of those after its
  /// begin.
  void listen();
  void run();

 private:
  struct Position {  ///< up to where a container's output was written
    std::string stamp;
    std::size_t entries = 0;  ///< with just that timestamp
    void note(const LogEntry& entry);
  };
  struct Followed {
    std::string id, container, name;  ///< its name, and what stands before its lines
    ui::LogWriter::Source source = 0;
    std::unique_ptr<LogReading> stream;   ///< of `run`'s thread alone
    bool reading = false, again = false;  ///< it is to be read; and then once more
    bool unreadable = false;              ///< keeps no log: attached to
    bool heard = false;                   ///< its start was heard of
    bool removed = false;                 ///< it is no more
    bool decisive = true;                 ///< whether the end of all such ends the following
    std::string since;                    ///< for the next reading
    engine::LogOptions options;           ///< of the reading
    bool open_line = false;               ///< what it last gave has no end of line
    Position position;                    ///< to leave out what history has shown
    engine::WallTime ended;               ///< the last `die`; the epoch: none seen
    std::optional<bool> runs;             ///< as the last event has it: newer than any list
    std::optional<int> exit_code;         ///< to be told once its output is through
    bool end_known = false;               ///< of this life, by its event or without
    bool stopped = false;                 ///< somebody asked for the end of this life
    std::chrono::steady_clock::time_point may_return_until;
    ui::LogWriter::After after = ui::LogWriter::After::end;
  };

  [[nodiscard]] bool wanted(const engine::StringMap& labels) const;
  [[nodiscard]] bool decides(const engine::StringMap& labels) const;
  bool note_listed(Followed& followed, engine::ContainerState state);
  bool has_ended_since(const Followed& followed, engine::ContainerState state);
  [[nodiscard]] bool is_yet_to_start(const Followed& followed, engine::ContainerState state) const;
  std::vector<engine::ContainerSummary> list();
  void leave_to_events(std::vector<engine::ContainerSummary>& containers);

  // What there is already.
  void write_history(const std::vector<engine::ContainerSummary>& containers);
  void write_history_of(Followed& followed, const engine::LogOptions& options);
  void merge_histories(const std::vector<Followed*>& lanes, const engine::LogOptions& options);
  void read_all(LogReading& reading);
  bool wait_for(const LogReading& reading);
  bool guarded(const Followed& followed, const std::function<void()>& action);
  void unreadable(const Followed& followed, const engine::EngineError& error);

  // What comes.
  void attach_unreadable(std::vector<engine::ContainerSummary>& containers);
  void follow_to_the_end();
  bool goes_on(std::optional<std::chrono::milliseconds>& left);
  [[nodiscard]] bool over() const;
  void begin_readings();
  void begin_reading(Followed& followed);
  void read_what_comes(std::span<char> buffer, std::optional<std::chrono::milliseconds> left);
  bool readable(const Followed& followed, const std::function<void()>& action);
  bool note_of_this_life(Followed& followed, const LogEntry& entry, engine::WallTime end_before);
  void read_last_words(Followed& followed);
  void end_reading(Followed& followed);
  void see_whether_ended(Followed& followed);
  void note_end(Followed& followed);

  // What happens, heard in the events' thread.
  void hear_events();
  Followed& know(const std::string& id, const std::string& name, const engine::StringMap& labels);
  Followed& know(const engine::EngineEvent& event);
  void follow(Followed& followed);
  void tell_exit(Followed& followed);
  void on_event(const engine::EngineEvent& event);
  void on_create(const engine::EngineEvent& event);
  void on_destroy(const engine::EngineEvent& event);
  void on_stop(const engine::EngineEvent& event);
  void on_start(const engine::EngineEvent& event);
  void on_die(const engine::EngineEvent& event);
  [[nodiscard]] bool is_first_start(const std::string& id);
  enum class Shown { nothing, history };
  [[nodiscard]] std::string since_of_restart(const engine::EngineEvent& event, engine::WallTime ended,
                                             Shown shown);
  void fail(std::exception_ptr error);
  bool write(Followed& followed, const LogEntry& entry);

  engine::Engine& engine_;
  ui::LogWriter& writer_;
  const LogRequest& request_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<std::string, Followed> followed_;  ///< by container ID
  std::set<std::string> running_;             ///< those that decide
  std::set<std::string> awaited_;             ///< are yet to start
  std::set<std::string> first_starts_;        ///< were so at first
  bool listed_ = false;  ///< what ends from now on is told at once, if nothing of it is left to read
  std::exception_ptr error_;
  bool open_ = false, begun_ = false;  ///< the events are there; what was there at first is known
  Wake wake_;
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> stopped_;
  std::stop_callback<std::function<void()>> outer_stop_;
  std::optional<std::jthread> events_;
};

}  // namespace crstack::cli
