// SPDX-License-Identifier: MIT
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "crstack/engine/types.hpp"

namespace crstack::cli {

/// A log entry: its bytes with what was before them taken off.
struct LogEntry {
  engine::StreamKind kind = engine::StreamKind::out;
  engine::WallTime time;
  std::string_view stamp;  ///< the time as the engine wrote it; empty where there was none
  std::string_view text;
};

/// Cuts a timestamp off the front of an entry.
LogEntry parse_entry(engine::StreamKind kind, std::string_view bytes);

/// Merges several streams of entries, each ordered in itself, by time. Producers push from threads of their
/// own and wait where they run ahead: memory is bounded by `bytes_per_source` twice for each source.
class LogMerge {
 public:
  using Source = std::size_t;
  LogMerge(std::size_t sources, std::size_t bytes_per_source);
  /// False: nobody wants more.
  bool push(Source source, engine::StreamKind kind, std::string_view bytes);
  /// The source has ended; `push` must not be called again.
  void end(Source source);
  /// Gives every entry in order to `take`, until all sources have ended or `take` returns false.
  void run(const std::function<bool(Source, const LogEntry&)>& take);

 private:
  struct Item {
    engine::StreamKind kind;
    engine::WallTime time;
    std::size_t begin, stamp_size, size;
  };
  struct Batch {
    std::string bytes;
    std::vector<Item> items;
    std::size_t next = 0;
    void clear() {
      bytes.clear();
      items.clear();
      next = 0;
    }
  };
  struct Lane {
    Batch filling;  ///< the producer's
    Batch ready;    ///< handed over, under the lock
    Batch reading;  ///< the merger's
    bool has_ready = false, ended = false;
  };
  void hand_over(Lane& lane);
  bool refill(Lane& lane);

  std::size_t limit_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Lane> lanes_;
  bool closed_ = false;
};

}  // namespace crstack::cli
