// SPDX-License-Identifier: MIT
#include "crstack/ui/log_writer.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "crstack/base/text.hpp"
#include "crstack/ui/text.hpp"

namespace crstack::ui {
namespace {

constexpr std::size_t kBuffer = 128 * 1024;
constexpr std::size_t kLongestHeldLine = 1024 * 1024;
constexpr std::string_view kReset = "\033[0m";
/// docker compose's cycle: five colours, then the same ones bright.
constexpr std::string_view kColours[] = {"\033[36m",   "\033[33m",   "\033[32m",   "\033[35m",
                                         "\033[34m",   "\033[36;1m", "\033[33;1m", "\033[32;1m",
                                         "\033[35;1m", "\033[34;1m"};

}  // namespace

/// One output with its buffer, and the source whose line is written but not ended yet, if any.
struct LogWriter::Channel {
  explicit Channel(Output& to) : output(to) { buffer.reserve(kBuffer); }

  void append(std::string_view text) {
    if (buffer.size() + text.size() > kBuffer) flush();
    if (text.size() >= kBuffer) {
      alive = output.write(text) && alive;
    } else {
      buffer.append(text);
    }
  }

  bool flush() {
    if (!buffer.empty()) alive = output.write(buffer) && alive;
    buffer.clear();
    return alive;
  }

  void end_open_line() {
    if (open != nullptr) append("\n");
    open = nullptr;
  }

  Output& output;
  std::string buffer;
  const void* open = nullptr;
  bool alive = true;
};

/// What is known of the unfinished line of a stream.
struct LogWriter::Line {
  std::string held;  ///< not written yet
  std::string time;  ///< of its beginning
};

struct LogWriter::Entry {
  std::string name;
  std::string_view colour;
  bool has_spoken = false;
  std::string prefix[2];  ///< by LogStream
  Line line[2];
};

LogWriter::LogWriter(Output& out, Output& err, LogStyle style)
    : style_(style), out_(std::make_unique<Channel>(out)), width_(style.least_width) {
  if (&out != &err) err_ = std::make_unique<Channel>(err);
}

LogWriter::~LogWriter() {
  flush();
}

LogWriter::Channel& LogWriter::channel(LogStream stream) {
  return stream == LogStream::err && err_ ? *err_ : *out_;
}

LogWriter::Source LogWriter::add(std::string_view name) {
  const std::lock_guard lock(mutex_);
  for (Source source = 0; source < entries_.size(); ++source)
    if (entries_[source]->name == name) return source;
  auto entry = std::make_unique<Entry>();
  entry->name = name;
  entry->colour = kColours[entries_.size() % std::size(kColours)];
  entries_.push_back(std::move(entry));
  return entries_.size() - 1;
}

void LogWriter::make_room_for(Entry& entry) {
  entry.has_spoken = true;
  width_ = std::max(width_, display_width(entry.name));
  for (const auto& each : entries_) {
    const std::string name = pad(each->name, width_);
    if (style_.colours == Colours::off) {
      each->prefix[0] = each->prefix[1] = name + "  | ";
    } else {
      each->prefix[0] = std::string(each->colour) + name + "  | " + std::string(kReset);
      each->prefix[1] = std::string(each->colour) + name + "  \033[31m| " + std::string(kReset);
    }
  }
}

void LogWriter::write(Source source, LogStream stream, std::string_view bytes, std::string_view time) {
  const std::lock_guard lock(mutex_);
  write_lines(*entries_.at(source), stream, bytes, time);
}

void LogWriter::write_lines(Entry& entry, LogStream stream, std::string_view bytes, std::string_view time) {
  Line& line = entry.line[static_cast<int>(stream)];
  Channel& to = channel(stream);
  while (!bytes.empty()) {
    const auto* newline = static_cast<const char*>(std::memchr(bytes.data(), '\n', bytes.size()));
    const std::size_t length =
        newline == nullptr ? bytes.size() : static_cast<std::size_t>(newline - bytes.data()) + 1;
    const std::string_view piece = bytes.substr(0, length);
    bytes.remove_prefix(length);
    if (line.held.empty()) line.time.assign(time);
    if (newline == nullptr && to.open != &line && line.held.size() + length < kLongestHeldLine) {
      line.held.append(piece);
      return;
    }
    if (to.open != &line) {
      to.end_open_line();
      begin_line(entry, stream, line.time);
      to.append(line.held);
      line.held.clear();
    }
    to.append(piece);
    to.open = newline == nullptr ? &line : nullptr;
  }
}

void LogWriter::begin_line(Entry& entry, LogStream stream, std::string_view time) {
  Channel& to = channel(stream);
  if (style_.prefix == Prefix::show) {
    if (!entry.has_spoken) make_room_for(entry);
    to.append(entry.prefix[static_cast<int>(stream)]);
  }
  if (style_.timestamps == Timestamps::hide || time.empty()) return;
  to.append(time);
  to.append(" ");
}

void LogWriter::end_locked(Entry& entry) {
  for (const LogStream stream : {LogStream::out, LogStream::err}) {
    const Line& line = entry.line[static_cast<int>(stream)];
    if (!line.held.empty() || channel(stream).open == &line) write_lines(entry, stream, "\n", line.time);
  }
}

void LogWriter::end(Source source) {
  const std::lock_guard lock(mutex_);
  end_locked(*entries_.at(source));
}

void LogWriter::exited(Source source, int exit_code, After after) {
  const std::lock_guard lock(mutex_);
  Entry& entry = *entries_.at(source);
  end_locked(entry);
  if (err_) err_->flush();
  out_->end_open_line();
  const bool coloured = style_.colours == Colours::on;
  if (coloured) out_->append(entry.colour);
  out_->append(entry.name);
  out_->append(" exited with code ");
  out_->append(std::to_string(exit_code));
  if (after == After::restart) out_->append(" (restarting)");
  if (coloured) out_->append(kReset);
  out_->append("\n");
}

void LogWriter::attaching(const std::vector<std::string>& names) {
  if (names.empty()) return;
  note("Attaching to " + join(names, ", "));
}

void LogWriter::note_locked(std::string_view text) {
  out_->end_open_line();
  out_->append(text);
  out_->append("\n");
}

void LogWriter::note(std::string_view text) {
  const std::lock_guard lock(mutex_);
  note_locked(text);
}

void LogWriter::remark(std::string_view text) {
  const std::lock_guard lock(mutex_);
  const bool coloured = style_.colours == Colours::on;
  const std::string mark = std::string(width_ + 2, ' ') + "⦿ ";
  note_locked((coloured ? "\033[92m" + mark + "\033[0m" : mark) + std::string(text));
}

bool LogWriter::flush() {
  const std::lock_guard lock(mutex_);
  const bool out_alive = out_->flush();
  const bool err_alive = !err_ || err_->flush();
  return out_alive && err_alive;
}

}  // namespace crstack::ui
