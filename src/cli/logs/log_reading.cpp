// SPDX-License-Identifier: MIT
#include "cli/logs/log_reading.hpp"

#include <utility>

namespace crstack::cli {

LogReading::LogReading(engine::Engine& engine, const std::string& id, engine::LogOptions options, Take take)
    : take_(std::move(take)) {
  options.tty = engine.inspect_container(id).tty;
  cuts_lines_ = *options.tty && options.timestamps;
  terminal_is(*options.tty ? engine::Terminal::yes : engine::Terminal::no);
  stream_ = engine.open_logs(id, options);
}

LogReading::LogReading(engine::Engine& engine, const std::string& id, Take take) : take_(std::move(take)) {
  terminal_is(engine.inspect_container(id).tty ? engine::Terminal::yes : engine::Terminal::no);
  stream_ = engine.attach(id, {});
}

void LogReading::terminal_is(engine::Terminal terminal) {
  demux_.emplace(terminal, [this](engine::StreamKind kind, std::string_view bytes) {
    return cuts_lines_ ? cut(bytes) : take_(kind, bytes);
  });
}

LogReading::State LogReading::read(std::span<char> buffer) {
  const auto got = stream_->read(buffer.data(), buffer.size());
  if (got > 0) return demux_->feed({buffer.data(), got}) ? State::more : State::ended;
  if (!rest_.empty()) take_(engine::StreamKind::out, std::exchange(rest_, {}));
  return State::ended;
}

/// A terminal's output comes in any pieces: cut into lines, so that each has its timestamp at the front.
bool LogReading::cut(std::string_view bytes) {
  for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
    rest_.append(bytes.substr(0, end + 1));
    bytes.remove_prefix(end + 1);
    if (!take_(engine::StreamKind::out, rest_)) return false;
    rest_.clear();
  }
  rest_.append(bytes);
  return true;
}

}  // namespace crstack::cli
