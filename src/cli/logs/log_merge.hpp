// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
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

/// Merges several streams of entries, each ordered in itself, by time. Has one batch of each in memory.
class LogMerge {
 public:
  using Source = std::size_t;

  /// Entries that were read and not yet given.
  class Batch {
   public:
    void add(engine::StreamKind kind, std::string_view bytes);
    [[nodiscard]] bool empty() const { return next_ == items_.size(); }
    void clear();

   private:
    friend class LogMerge;
    struct Item {
      engine::StreamKind kind;
      engine::WallTime time;
      std::size_t begin, stamp_size, size;
    };
    std::string bytes_;
    std::vector<Item> items_;
    std::size_t next_ = 0;
  };

  /// Adds a source's next entries, one at least, to an empty batch; false at its end.
  using Refill = std::function<bool(Source, Batch&)>;
  LogMerge(std::size_t sources, Refill refill) : refill_(std::move(refill)), batches_(sources) {}
  /// Gives every entry in order to `take`, until all sources have ended or `take` returns false.
  void run(const std::function<bool(Source, const LogEntry&)>& take);

 private:
  Refill refill_;
  std::vector<Batch> batches_;
};

}  // namespace crstack::cli
