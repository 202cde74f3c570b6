// SPDX-License-Identifier: MIT
#include "cli/log_stream.hpp"

#include <algorithm>
#include <utility>

#include "cli/log_follower.hpp"
#include "cli/log_time.hpp"
#include "crstack/base/error.hpp"
#include "crstack/engine/time_text.hpp"
#include "crstack/plan/labels.hpp"

namespace crstack::cli {
namespace {

constexpr auto last_words = std::chrono::seconds(3);  ///< how long a restart may take before `logs -f` ends
constexpr std::size_t merge_memory = 4 << 20, least_batch = 16 << 10, largest_batch = 256 << 10;

/// A terminal's output comes in any pieces: cut into lines, so that each has its timestamp at the front.
class LineCutter {
 public:
  template <class Take>
  bool feed(std::string_view bytes, const Take& take) {
    while (!bytes.empty()) {
      const auto newline = bytes.find('\n');
      if (newline == std::string_view::npos) {
        rest_.append(bytes);
        return true;
      }
      rest_.append(bytes.substr(0, newline + 1));
      bytes.remove_prefix(newline + 1);
      if (!take(rest_)) return false;
      rest_.clear();
    }
    return true;
  }
  template <class Take>
  void finish(const Take& take) {
    if (!rest_.empty()) take(rest_);
  }

 private:
  std::string rest_;
};

/// Reads a container's log entry by entry, whether it has a terminal or not. `take` gets (kind, bytes).
template <class Take>
void read_entries(engine::Engine& engine, const std::string& id, engine::LogOptions options, const Take& take,
                  const std::stop_token& stop) {
  options.tty = engine.inspect_container(id).tty;
  LineCutter lines;
  const auto whole = [&](std::string_view line) { return take(engine::StreamKind::out, line); };
  engine.logs(
      id, options,
      [&](engine::StreamKind kind, std::string_view bytes) {
        const bool cut = *options.tty && options.timestamps && !bytes.empty();
        return cut ? lines.feed(bytes, whole) : take(kind, bytes);
      },
      stop);
  lines.finish(whole);
}

ui::LogStream stream_of(engine::StreamKind kind) {
  return kind == engine::StreamKind::err ? ui::LogStream::err : ui::LogStream::out;
}

}  // namespace

std::string log_name(const std::string& container, const std::string& project) {
  const bool ours = container.starts_with(project + "-") || container.starts_with(project + "_");
  return ours ? container.substr(project.size() + 1) : container;
}

void stream_logs(engine::Engine& engine, ui::LogWriter& writer, const LogRequest& request,
                 std::stop_token stop) {
  LogFollower(engine, writer, request, std::move(stop)).run();
  writer.flush();
}

LogFollower::LogFollower(engine::Engine& engine, ui::LogWriter& writer, const LogRequest& request,
                         std::stop_token stop)
    : engine_(engine),
      writer_(writer),
      request_(request),
      outer_stop_(std::move(stop), [this] { stop_.request_stop(); }),
      awaited_(request.awaited) {}

LogFollower::~LogFollower() {
  stop_.request_stop();
  if (events_.joinable()) events_.join();
  followed_.clear();
}

void LogFollower::run() {
  if (request_.options.follow) open_events();
  auto containers = list();
  if (request_.options.follow) attach_unreadable(containers);
  // those that are yet to start come with their event, and only once
  std::erase_if(containers, [this](const auto& one) { return request_.awaited.contains(one.id); });
  const bool whole_history =
      !request_.options.follow || (containers.size() > 1 && request_.options.tail != "0");
  if (whole_history) write_history(containers);
  if (!request_.options.follow) return;
  {
    std::lock_guard lock(mutex_);
    for (const auto& container : containers) {
      const bool runs = container.state == engine::ContainerState::running ||
                        container.state == engine::ContainerState::paused ||
                        container.state == engine::ContainerState::restarting;
      auto& followed = know(container.id, container.name, container.labels);
      if (runs && followed.decisive) running_.insert(container.id);
      if (runs || !whole_history) follow(container.id, followed);
    }
  }
  wait_for_end();
}

// --- which containers

bool LogFollower::wanted(const engine::StringMap& labels) const {
  const auto label = [&](const char* key) {
    const auto found = labels.find(key);
    return found == labels.end() ? std::string() : found->second;
  };
  const auto service = label(plan::labels::service);
  const auto has = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), service) != names.end();
  };
  if (label(plan::labels::oneoff) == "True" || has(request_.excluded)) return false;
  if (request_.index > 0 && label(plan::labels::container_number) != std::to_string(request_.index))
    return false;
  return request_.services.empty() || has(request_.services);
}

bool LogFollower::decides(const engine::StringMap& labels) const {
  const auto service = labels.find(plan::labels::service);
  const auto& decisive = request_.decisive;
  return decisive.empty() || (service != labels.end() &&
                              std::find(decisive.begin(), decisive.end(), service->second) != decisive.end());
}

std::vector<engine::ContainerSummary> LogFollower::list() {
  auto containers = engine_.list_containers({std::string(plan::labels::project) + "=" + request_.project},
                                            engine::Containers::Which::all);
  std::erase_if(containers, [&](const auto& container) { return !wanted(container.labels); });
  std::sort(containers.begin(), containers.end(),
            [](const auto& left, const auto& right) { return left.name < right.name; });
  std::lock_guard lock(mutex_);
  for (const auto& container : containers) know(container.id, container.name, container.labels);
  return containers;
}

LogFollower::Followed& LogFollower::know(const std::string& id, const std::string& name,
                                         const engine::StringMap& labels) {
  const auto [place, fresh] = followed_.try_emplace(id);
  if (fresh) {
    place->second.container = name;
    place->second.name = log_name(name, request_.project);
    place->second.source = writer_.add(place->second.name);
    place->second.decisive = decides(labels);
  }
  return place->second;
}

// --- what there is already

bool LogFollower::write(Followed& followed, const LogEntry& entry) {
  const bool show = request_.timestamps == ui::Timestamps::show;
  writer_.write(followed.source, stream_of(entry.kind), entry.text, show ? entry.stamp : std::string_view());
  return true;
}

void LogFollower::write_history(const std::vector<engine::ContainerSummary>& containers) {
  auto options = request_.options;
  options.follow = false;
  options.timestamps = containers.size() > 1 || request_.timestamps == ui::Timestamps::show;
  const auto batch =
      std::clamp(merge_memory / std::max<std::size_t>(1, containers.size()), least_batch, largest_batch);
  LogMerge merge(containers.size(), batch);
  std::vector<Followed*> lanes;
  for (const auto& container : containers) lanes.push_back(&followed_.at(container.id));
  if (containers.size() == 1) return write_history_of(containers[0], *lanes[0], options);
  std::vector<std::jthread> readers;
  for (std::size_t lane = 0; lane < containers.size(); ++lane) {
    readers.emplace_back([&, lane] {
      try {
        read_entries(
            engine_, containers[lane].id, options,
            [&](engine::StreamKind kind, std::string_view bytes) { return merge.push(lane, kind, bytes); },
            stop_.get_token());
      } catch (const engine::EngineError& error) {
        unreadable(*lanes[lane], error);
      }
      merge.end(lane);
    });
  }
  merge.run([&](LogMerge::Source lane, const LogEntry& entry) {
    auto& position = lanes[lane]->position;
    if (!entry.stamp.empty()) {
      position.entries = position.stamp == entry.stamp ? position.entries + 1 : 1;
      position.stamp = entry.stamp;
    }
    return write(*lanes[lane], entry) && !stop_.stop_requested();
  });
  readers.clear();
  for (const auto* lane : lanes) writer_.end(lane->source);
  if (!writer_.flush()) stop_.request_stop();
}

/// The only container there is: nothing to merge.
void LogFollower::write_history_of(const engine::ContainerSummary& container, Followed& followed,
                                   const engine::LogOptions& options) {
  try {
    read_entries(
        engine_, container.id, options,
        [&](engine::StreamKind kind, std::string_view bytes) {
          if (bytes.empty()) return writer_.flush();
          return write(followed,
                       options.timestamps ? parse_entry(kind, bytes) : LogEntry{kind, {}, {}, bytes});
        },
        stop_.get_token());
  } catch (const engine::EngineError& error) {
    if (error.status() == 0) throw;  // no answer: not the container's fault
    unreadable(followed, error);
  }
  writer_.end(followed.source);
}

/// Its logging driver can't be read (`none`), say: the others' logs are shown nevertheless.
void LogFollower::unreadable(const Followed& followed, const engine::EngineError& error) {
  if (request_.warn) request_.warn("Can't retrieve logs for \"" + followed.container + "\": " + error.what());
}

// --- what comes

void LogFollower::open_events() {
  events_ = std::jthread([this] {
    try {
      engine_.events(
          {std::string(plan::labels::project) + "=" + request_.project}, "", "",
          [this] {
            std::lock_guard lock(mutex_);
            open_ = true;
            changed_.notify_all();
          },
          [this](const engine::EngineEvent& event) {
            if (event.type == "container" && wanted(event.attributes)) on_event(event);
            return true;
          },
          stop_.get_token());
    } catch (const Error&) {
      fail(std::current_exception());
    }
  });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop_.get_token(), [this] { return open_ || error_ != nullptr; });
}

void LogFollower::fail(std::exception_ptr error) {
  std::lock_guard lock(mutex_);
  error_ = std::move(error);
  changed_.notify_all();
}

void LogFollower::on_event(const engine::EngineEvent& event) {
  if (event.action == "start") on_start(event);
  if (event.action == "die") on_die(event);
}

void LogFollower::on_die(const engine::EngineEvent& event) {
  bool goes_on = false;
  try {
    const auto state = engine_.inspect_container(event.id).state;
    goes_on = state == engine::ContainerState::restarting || state == engine::ContainerState::running;
  } catch (const engine::EngineError& error) {
    if (error.kind() != engine::ErrorKind::not_found) throw;
  }
  std::lock_guard lock(mutex_);
  if (!goes_on) running_.erase(event.id);
  const auto found = followed_.find(event.id);
  if (found != followed_.end()) {
    const auto code = event.attributes.find("exitCode");
    found->second.ended = event.time;
    found->second.after = goes_on ? ui::LogWriter::After::restart : ui::LogWriter::After::end;
    found->second.exit_code = code == event.attributes.end() ? 0 : std::atoi(code->second.c_str());
    if (!found->second.reading) tell_exit(found->second);
  }
  changed_.notify_all();
}

void LogFollower::tell_exit(Followed& followed) {
  if (!followed.exit_code) return;
  if (request_.exits == LogRequest::Exits::show)
    writer_.exited(followed.source, *followed.exit_code, followed.after);
  followed.exit_code.reset();
  if (!writer_.flush()) stop_.request_stop();
}

/// From where on a container's output is new: after its last end, if that was seen; else after what history
/// has shown; else after the end that the engine remembers.
std::string LogFollower::since_of_restart(const engine::EngineEvent& event, const Followed& followed) {
  constexpr auto tick = std::chrono::nanoseconds(1);
  if (followed.ended != engine::WallTime{}) return unix_text(followed.ended + tick);
  if (!followed.position.stamp.empty()) return {};
  if (request_.awaited.contains(event.id)) return {};  // all since the following began is of this start
  const auto details = engine_.inspect_container(event.id);
  if (details.finished_at == engine::WallTime{}) return {};
  if (details.finished_at < details.started_at) return unix_text(details.finished_at + tick);
  return unix_text(event.time - std::chrono::seconds(1));
}

void LogFollower::on_start(const engine::EngineEvent& event) {
  std::unique_lock lock(mutex_);
  const auto name = event.attributes.find("name");
  auto& followed = know(event.id, name == event.attributes.end() ? event.id : name->second, event.attributes);
  if (followed.decisive) running_.insert(event.id);
  awaited_.erase(event.id);
  if (followed.unreadable) {  // attached since before its first start, whose output may be through already
    if (followed.ended != engine::WallTime{}) attach(event.id, followed);
    return changed_.notify_all();
  }
  lock.unlock();
  std::string since;
  try {
    since = since_of_restart(event, followed);
  } catch (const engine::EngineError& error) {
    if (error.kind() != engine::ErrorKind::not_found) throw;
  }
  lock.lock();
  followed.since = since;
  follow(event.id, followed);
  changed_.notify_all();
}

/// Starts to read, or makes the thread that still reads begin anew. Under the lock.
void LogFollower::follow(const std::string& id, Followed& followed) {
  if (followed.reading) {
    followed.again = true;
    return;
  }
  followed.reading = true;
  if (followed.thread.joinable()) followed.thread.join();
  followed.thread = std::jthread([this, id, &followed] { read(id, followed); });
}

void LogFollower::read(const std::string& id, Followed& followed) {
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto since = followed.since;
    lock.unlock();
    try {
      read_once(id, followed, since);
    } catch (const engine::EngineError& error) {
      const bool gone =
          error.kind() == engine::ErrorKind::not_found || error.kind() == engine::ErrorKind::conflict;
      if (!gone) unreadable(followed, error);
    }
    writer_.end(followed.source);
    if (!writer_.flush()) stop_.request_stop();
    lock.lock();
    followed.position = {};
    tell_exit(followed);
    if (!followed.again || stop_.stop_requested()) break;
    followed.again = false;
  }
  followed.reading = false;
  changed_.notify_all();
}

void LogFollower::read_once(const std::string& id, Followed& followed, const std::string& since) {
  auto options = request_.options;
  options.follow = true;
  const auto shown = std::exchange(followed.position, {});
  if (!since.empty() || !shown.stamp.empty()) {
    options.tail = "all";
    options.since = since.empty() ? unix_text(engine::parse_time(shown.stamp)) : since;
  }
  options.timestamps = request_.timestamps == ui::Timestamps::show || !shown.stamp.empty();
  std::size_t to_skip = since.empty() ? shown.entries : 0;
  read_entries(
      engine_, id, options,
      [&](engine::StreamKind kind, std::string_view bytes) {
        if (bytes.empty()) {
          if (!writer_.flush()) stop_.request_stop();
          return !stop_.stop_requested();
        }
        if (!options.timestamps) return write(followed, {kind, {}, {}, bytes});
        const auto entry = parse_entry(kind, bytes);
        if (to_skip > 0 && entry.stamp == shown.stamp) {
          --to_skip;
          return true;
        }
        return write(followed, entry);
      },
      stop_.get_token());
}

void LogFollower::wait_for_end() {
  std::unique_lock lock(mutex_);
  const auto idle = [this] {
    return std::none_of(followed_.begin(), followed_.end(),
                        [](const auto& entry) { return entry.second.reading && entry.second.decisive; });
  };
  const bool may_end = request_.after_last != LogRequest::AfterLast::stay;
  const bool lingers = request_.after_last == LogRequest::AfterLast::end && !running_.empty();
  const auto settled = [this] { return awaited_.empty() || request_.no_more_starts.stop_requested(); };
  const std::stop_callback wake(request_.no_more_starts, [this] { changed_.notify_all(); });
  for (;;) {
    changed_.wait(lock, stop_.get_token(),
                  [&] { return error_ || (may_end && settled() && running_.empty() && idle()); });
    if (stop_.stop_requested() || error_ || !lingers) break;
    if (!changed_.wait_for(lock, stop_.get_token(), last_words, [&] { return error_ || !running_.empty(); }))
      break;
  }
  const auto error = error_;
  lock.unlock();
  stop_.request_stop();
  if (error) std::rethrow_exception(error);
}

}  // namespace crstack::cli
