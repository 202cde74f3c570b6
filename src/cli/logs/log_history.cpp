// SPDX-License-Identifier: MIT
// What there is already of a project's logs.
#include <poll.h>

#include <algorithm>

#include "cli/logs/log_follower.hpp"
#include "cli/logs/log_merge.hpp"

namespace crstack::cli {

namespace {

/// What all readings together may have in memory, and what one reads at once.
constexpr std::size_t merge_memory = 2 << 20, least_read = 4 << 10, largest_read = 64 << 10;

ui::LogStream stream_of(engine::StreamKind kind) {
  return kind == engine::StreamKind::err ? ui::LogStream::err : ui::LogStream::out;
}

}  // namespace

void LogFollower::Position::note(const LogEntry& entry) {
  if (entry.stamp.empty()) return;
  entries = stamp == entry.stamp ? entries + 1 : 1;
  stamp = entry.stamp;
}

bool LogFollower::write(Followed& followed, const LogEntry& entry) {
  const bool show = request_.timestamps == ui::Timestamps::show;
  writer_.write(followed.source, stream_of(entry.kind), entry.text, show ? entry.stamp : std::string_view());
  return true;
}

void LogFollower::write_history(const std::vector<engine::ContainerSummary>& containers) {
  auto options = request_.options;
  options.follow = false;
  options.timestamps = containers.size() > 1 || request_.timestamps == ui::Timestamps::show;
  std::vector<Followed*> lanes;
  for (const auto& container : containers) lanes.push_back(&followed_.at(container.id));
  if (lanes.size() == 1) return write_history_of(*lanes[0], options);
  merge_histories(lanes, options);
  for (const auto* lane : lanes) writer_.end(lane->source);
  if (!writer_.flush()) stop_.request_stop();
}

void LogFollower::merge_histories(const std::vector<Followed*>& lanes, const engine::LogOptions& options) {
  LogMerge::Batch* filled = nullptr;
  const auto take = [&](engine::StreamKind kind, std::string_view bytes) {
    if (!bytes.empty()) filled->add(kind, bytes);
    return true;
  };
  std::vector<std::unique_ptr<LogReading>> readings;
  for (Followed* lane : lanes) {
    readings.emplace_back();
    if (stop_.stop_requested()) continue;
    guarded(*lane, [&] { readings.back() = std::make_unique<LogReading>(engine_, lane->id, options, take); });
  }
  std::vector<char> buffer(
      std::clamp(merge_memory / std::max<std::size_t>(1, lanes.size()), least_read, largest_read));
  LogMerge merge(lanes.size(), [&](LogMerge::Source lane, LogMerge::Batch& batch) {
    filled = &batch;
    auto state = readings[lane] ? LogReading::State::more : LogReading::State::ended;
    while (batch.empty() && state == LogReading::State::more && wait_for(*readings[lane])) {
      const bool read = guarded(*lanes[lane], [&] { state = readings[lane]->read(buffer); });
      if (!read) state = LogReading::State::ended;
    }
    if (state == LogReading::State::ended) readings[lane].reset();
    return !batch.empty();
  });
  merge.run([&](LogMerge::Source lane, const LogEntry& entry) {
    lanes[lane]->position.note(entry);
    return write(*lanes[lane], entry) && !stop_.stop_requested();
  });
}

/// Until there is something to read; false: nobody wants it any more.
bool LogFollower::wait_for(const LogReading& reading) {
  const auto at_hand = [&](std::optional<std::chrono::milliseconds> time) {
    std::vector<pollfd> descriptors{{reading.fd(), POLLIN, 0}};
    wake_.wait(descriptors, time);
    return descriptors[0].revents != 0;
  };
  if (!reading.has_buffered() && !at_hand(std::chrono::milliseconds(0))) {
    if (!writer_.flush()) stop_.request_stop();
    while (!stop_.stop_requested() && !at_hand({})) continue;
  }
  return !stop_.stop_requested();
}

/// What fails for one container doesn't end the others' logs. False where it failed.
bool LogFollower::guarded(const Followed& followed, const std::function<void()>& action) {
  try {
    action();
    return true;
  } catch (const engine::EngineError& error) {
    unreadable(followed, error);
    return false;
  }
}

void LogFollower::read_all(LogReading& reading) {
  std::vector<char> buffer(largest_read);
  while (wait_for(reading) && reading.read(buffer) == LogReading::State::more) continue;
}

/// The only container there is: nothing to merge.
void LogFollower::write_history_of(Followed& followed, const engine::LogOptions& options) {
  const auto take = [&](engine::StreamKind kind, std::string_view bytes) {
    return write(followed, options.timestamps ? parse_entry(kind, bytes) : LogEntry{kind, {}, {}, bytes});
  };
  try {
    LogReading reading(engine_, followed.id, options, take);
    read_all(reading);
  } catch (const engine::EngineError& error) {
    unreadable(followed, error);
  }
  writer_.end(followed.source);
}

/// Its logging driver can't be read (`none`), or it is gone: the others' logs are shown nevertheless. What
/// else the engine says ends it all. Called where the error is caught.
void LogFollower::unreadable(const Followed& followed, const engine::EngineError& error) {
  using enum engine::ErrorKind;
  if (error.kind() != unsupported && error.kind() != not_found && error.kind() != conflict) throw;
  if (request_.warn) request_.warn("Can't retrieve logs for \"" + followed.container + "\": " + error.what());
}

}  // namespace crstack::cli
