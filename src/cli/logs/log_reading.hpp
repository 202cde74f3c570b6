// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crstack/engine/demux.hpp"
#include "crstack/engine/engine.hpp"

namespace crstack::cli {

/// A container's output while it is being read, entry by entry, whether it has a terminal or not. It holds no
/// thread and no buffer: whoever has many of them waits for all their descriptors at once and reads from
/// those that have something.
class LogReading {
 public:
  using Take = std::function<bool(engine::StreamKind, std::string_view)>;
  /// Throws EngineError. `take` gets the entries, and returns false to end.
  LogReading(engine::Engine& engine, const std::string& id, engine::LogOptions options, Take take);
  /// Of what the container writes from now on, whether it keeps a log or not.
  LogReading(engine::Engine& engine, const std::string& id, Take take);

  [[nodiscard]] int fd() const { return stream_->fd(); }
  /// There is something to read that poll(2) doesn't see.
  [[nodiscard]] bool has_buffered() const { return stream_->has_buffered(); }
  enum class State { more, ended };
  /// Reads once, as much as fits into `buffer`; waits where there is nothing. Throws EngineError.
  State read(std::span<char> buffer);

 private:
  void terminal_is(engine::Terminal terminal);
  bool cut(std::string_view bytes);

  Take take_;
  bool cuts_lines_ = false;
  std::string rest_;  ///< of a line whose end is yet to come
  std::unique_ptr<engine::Duplex> stream_;
  std::optional<engine::Demux> demux_;
};

}  // namespace crstack::cli
