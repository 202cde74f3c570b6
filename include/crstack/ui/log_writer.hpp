// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "crstack/ui/output.hpp"
#include "crstack/ui/terminal.hpp"

namespace crstack::ui {

enum class Prefix { hide, show };
enum class Timestamps { hide, show };
/// Which of a container's streams a chunk comes from.
enum class LogStream { out, err };

struct LogStyle {
  Prefix prefix = Prefix::show;
  Timestamps timestamps = Timestamps::hide;
  /// Also lets stderr be told from stdout: its bar is red.
  Colours colours = Colours::off;
  std::size_t least_width = 0;  ///< of the column of names
};

/// Writes the output of containers, line by line, each with its container's name: `web-1  | text`.
///
/// Thread-safe. Collects lines in a buffer that is written when it is full and in `flush`; so call `flush`
/// whenever no more input is at hand (before a read that would block). Allocates nothing per line. Bytes pass
/// unchanged.
class LogWriter {
 public:
  using Source = std::size_t;
  /// `out` and `err` take what the containers wrote to stdout and stderr; they may be one and the same (as
  /// for `logs`).
  LogWriter(Output& out, Output& err, LogStyle style);
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  /// Makes a container known; colours are dealt in this order. Its first line widens the column of names
  /// where it has to: who is silent takes no room, as in docker compose. The same name gives the same source.
  Source add(std::string_view name);

  /// A chunk as it came: several lines, part of one, anything. An unfinished line is kept until its end
  /// comes. With `Timestamps::show`, `time` (RFC 3339) goes before each line that begins in this chunk.
  void write(Source source, LogStream stream, std::string_view bytes, std::string_view time = {});

  /// The source has ended: an unfinished line is ended and written.
  void end(Source source);

  enum class After { end, restart };
  /// `web-1 exited with code 3`, after what is left of its output; with `(restarting)` if the engine starts
  /// it again.
  void exited(Source source, int exit_code, After after = After::end);

  /// `Attaching to db-1, web-1`
  void attaching(const std::vector<std::string>& names);

  /// A line of its own among the logs.
  void note(std::string_view text);
  /// The same with a mark where the text of containers begins: `        ⦿ text`.
  void remark(std::string_view text);

  /// False once nobody reads any more.
  bool flush();

 private:
  struct Channel;
  struct Line;
  struct Entry;
  void write_lines(Entry& entry, LogStream stream, std::string_view bytes, std::string_view time);
  void begin_line(Entry& entry, LogStream stream, std::string_view time);
  void end_locked(Entry& entry);
  void make_room_for(Entry& entry);
  Channel& channel(LogStream stream);
  void note_locked(std::string_view text);

  std::mutex mutex_;
  LogStyle style_;
  std::unique_ptr<Channel> out_, err_;
  std::vector<std::unique_ptr<Entry>> entries_;
  std::size_t width_;
};

}  // namespace crstack::ui
