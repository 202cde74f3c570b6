// SPDX-License-Identifier: MIT
// What comes after it, from all containers in one thread.
#include <poll.h>

#include <algorithm>

#include "cli/logs/log_follower.hpp"
#include "cli/logs/log_time.hpp"
#include "cli/project_containers.hpp"
#include "crstack/engine/time_text.hpp"
#include "crstack/plan/labels.hpp"

namespace crstack::cli {

namespace {

constexpr auto restart_takes = std::chrono::seconds(3);  ///< at most, for `logs -f` to go on
constexpr std::size_t read_size = 64 << 10;

}  // namespace

void LogFollower::follow_to_the_end() {
  const std::stop_callback no_more(request_.no_more_starts, [this] { wake_.wake(); });
  std::optional<std::chrono::milliseconds> left;
  std::vector<char> buffer(read_size);
  while (goes_on(left)) {
    begin_readings();
    read_what_comes(buffer, left);
  }
  stop_.request_stop();
  std::lock_guard lock(mutex_);
  if (error_) std::rethrow_exception(error_);
}

/// Whether there is anything to wait for, and for how long at most.
bool LogFollower::goes_on(std::optional<std::chrono::milliseconds>& left) {
  std::lock_guard lock(mutex_);
  if (stop_.stop_requested() || error_) return false;
  left.reset();
  if (!over()) return true;
  if (request_.after_last != LogRequest::AfterLast::end) return false;
  const auto now = std::chrono::steady_clock::now();
  auto until = now;
  for (const auto& [id, followed] : followed_)
    if (!followed.removed) until = std::max(until, followed.may_return_until);
  left = std::chrono::ceil<std::chrono::milliseconds>(until - now);
  return now < until;
}

/// What somebody had stopped may be on its way to a next life (`restart`); what ended by itself is not. Under
/// the lock.
void LogFollower::note_end(Followed& followed) {
  running_.erase(followed.id);
  if (followed.stopped) followed.may_return_until = std::chrono::steady_clock::now() + restart_takes;
}

/// Whether the last has ended. Under the lock.
bool LogFollower::over() const {
  const bool no_more_starts = request_.no_more_starts.stop_requested();
  if ((!awaited_.empty() && !no_more_starts) || !running_.empty()) return false;
  const bool outlives_ends = request_.after_last == LogRequest::AfterLast::end_at_removal && !no_more_starts;
  return std::none_of(followed_.begin(), followed_.end(), [&](const auto& entry) {
    const auto& followed = entry.second;
    return (followed.reading && followed.decisive) || (outlives_ends && !followed.removed);
  });
}

/// Of those that are to be read from now on.
void LogFollower::begin_readings() {
  std::vector<Followed*> wanted;
  {
    std::lock_guard lock(mutex_);
    for (auto& [id, followed] : followed_)
      if (followed.reading && !followed.stream) wanted.push_back(&followed);
  }
  for (auto* followed : wanted) {
    if (stop_.stop_requested()) return;
    if (!readable(*followed, [&] { begin_reading(*followed); })) end_reading(*followed);
  }
}

/// What is written by containers whose logging driver keeps nothing (`none`) is seen only by who is attached
/// before they start. Takes them out of the list.
void LogFollower::attach_unreadable(std::vector<engine::ContainerSummary>& containers) {
  std::erase_if(containers, [this](const auto& container) {
    if (!request_.unreadable.contains(service_of(container))) return false;
    std::lock_guard lock(mutex_);
    auto& followed = know(container.id, container.name, container.labels);
    followed.unreadable = true;
    note_listed(followed, container.state);
    follow(followed);
    return true;
  });
  begin_readings();
  if (request_.attached) request_.attached();
}

void LogFollower::begin_reading(Followed& followed) {
  if (followed.unreadable) {
    const auto take = [this, &followed](engine::StreamKind kind, std::string_view bytes) {
      return write(followed, {kind, {}, {}, bytes});
    };
    followed.stream = std::make_unique<LogReading>(engine_, followed.id, take);
    return;
  }
  const bool outlives = engine_.logs_outlive_restarts();
  Position shown;
  std::string since;
  engine::WallTime end_before;
  {
    std::lock_guard lock(mutex_);
    shown = std::exchange(followed.position, {});
    if (!outlives || shown.stamp.empty()) since = followed.since;  // else where the reading before ended
    end_before = followed.ended;
  }
  auto options = request_.options;
  options.follow = true;
  if (!since.empty() || !shown.stamp.empty()) {
    options.tail = "all";
    options.since = since.empty() ? unix_text(engine::parse_time(shown.stamp)) : since;
  }
  options.timestamps = request_.timestamps == ui::Timestamps::show || !shown.stamp.empty() || outlives;
  const auto take = [this, &followed, shown, outlives, end_before, timestamps = options.timestamps,
                     to_skip = since.empty() ? shown.entries : 0](engine::StreamKind kind,
                                                                  std::string_view bytes) mutable {
    const auto entry = timestamps ? parse_entry(kind, bytes) : LogEntry{kind, {}, {}, bytes};
    if (outlives && !note_of_this_life(followed, entry, end_before)) return false;
    followed.open_line = !bytes.ends_with('\n');
    const bool skipped = to_skip > 0 && entry.stamp == shown.stamp;
    if (skipped)
      --to_skip;
    else
      write(followed, entry);
    return !stop_.stop_requested();
  };
  followed.options = options;
  followed.open_line = false;
  followed.stream = std::make_unique<LogReading>(engine_, followed.id, options, take);
}

/// Notes an entry as read; false: it is newer than an end that was heard of during the reading.
bool LogFollower::note_of_this_life(Followed& followed, const LogEntry& entry, engine::WallTime end_before) {
  std::lock_guard lock(mutex_);
  if (followed.ended != end_before && entry.time > followed.ended) return false;
  followed.position.note(entry);
  return true;
}

/// Engines (20.10) may end the stream before a last line that has no end of its own, which is written only
/// when the container ends. So what is last is asked for once more.
void LogFollower::read_last_words(Followed& followed) {
  auto options = followed.options;
  if (followed.unreadable || followed.open_line || (options.tail == "0" && options.since.empty())) return;
  {
    std::lock_guard lock(mutex_);
    if (followed.again) return;  // the last is of its next life by now
  }
  options.follow = false;
  options.tail = "1";
  auto kind = engine::StreamKind::out;
  std::string last;
  const auto take = [&](engine::StreamKind of, std::string_view bytes) {
    kind = of;
    last += bytes;
    return true;
  };
  readable(followed, [&] {
    LogReading reading(engine_, followed.id, options, take);
    read_all(reading);
  });
  if (last.empty() || last.ends_with('\n')) return;
  write(followed, options.timestamps ? parse_entry(kind, last) : LogEntry{kind, {}, {}, last});
}

/// Waits for any of them, for `left` at most.
void LogFollower::read_what_comes(std::span<char> buffer, std::optional<std::chrono::milliseconds> left) {
  std::vector<Followed*> open;
  std::vector<pollfd> descriptors;
  {
    std::lock_guard lock(mutex_);
    for (auto& [id, followed] : followed_) {
      if (followed.reading && !followed.stream) left = std::chrono::milliseconds(0);
      if (!followed.stream) continue;
      if (followed.stream->has_buffered()) left = std::chrono::milliseconds(0);
      open.push_back(&followed);
      descriptors.push_back({followed.stream->fd(), POLLIN, 0});
    }
  }
  wake_.wait(descriptors, left);
  for (std::size_t i = 0; i < open.size() && !stop_.stop_requested(); ++i) {
    if (descriptors[i].revents == 0 && !open[i]->stream->has_buffered()) continue;
    auto state = LogReading::State::ended;
    const bool sound = readable(*open[i], [&] { state = open[i]->stream->read(buffer); });
    if (sound && state == LogReading::State::ended) read_last_words(*open[i]);
    if (!sound || state == LogReading::State::ended) end_reading(*open[i]);
  }
  if (!writer_.flush()) stop_.request_stop();
}

/// False where a container can't be read (any more); that it is gone is no news.
bool LogFollower::readable(const Followed& followed, const std::function<void()>& action) {
  try {
    action();
    return true;
  } catch (const engine::EngineError& error) {
    const bool gone =
        error.kind() == engine::ErrorKind::not_found || error.kind() == engine::ErrorKind::conflict;
    if (!gone) unreadable(followed, error);
    return false;
  }
}

/// Engines (20.10) list a container as running for a while after they have told its end, which may have been
/// before anybody listened: what has no more to say is asked for.
void LogFollower::see_whether_ended(Followed& followed) {
  {
    std::lock_guard lock(mutex_);
    if (followed.runs || !running_.contains(followed.id)) return;
  }
  readable(followed, [&] {
    const auto details = engine_.inspect_container(followed.id);
    std::lock_guard lock(mutex_);
    if (followed.runs || details.state != engine::ContainerState::exited) return;
    note_end(followed);
    followed.exit_code = details.exit_code;
    followed.end_known = true;
  });
}

void LogFollower::end_reading(Followed& followed) {
  see_whether_ended(followed);
  followed.stream.reset();
  writer_.end(followed.source);
  if (!writer_.flush()) stop_.request_stop();
  std::lock_guard lock(mutex_);
  tell_exit(followed);
  followed.reading = std::exchange(followed.again, false);
}

}  // namespace crstack::cli
