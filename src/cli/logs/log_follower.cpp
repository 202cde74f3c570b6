// SPDX-License-Identifier: MIT
#include "cli/logs/log_follower.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "cli/logs/log_time.hpp"
#include "cli/project_containers.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"
#include "crstack/plan/labels.hpp"

namespace crstack::cli {

LogFollower::LogFollower(engine::Engine& engine, ui::LogWriter& writer, const LogRequest& request,
                         std::stop_token stop)
    : engine_(engine),
      writer_(writer),
      request_(request),
      awaited_(request.awaited),
      first_starts_(request.awaited),
      stopped_(stop_.get_token(), [this] { wake_.wake(); }),
      outer_stop_(std::move(stop), [this] { stop_.request_stop(); }) {}

LogFollower::~LogFollower() {
  stop_.request_stop();
  if (events_) events_->join();
}

void LogFollower::run() {
  if (request_.options.follow) listen();
  auto containers = list();
  if (request_.options.follow) attach_unreadable(containers);
  leave_to_events(containers);
  const bool whole_history =
      !request_.options.follow || (containers.size() > 1 && request_.options.tail != "0");
  if (whole_history) write_history(containers);
  if (!request_.options.follow) return;
  {
    std::lock_guard lock(mutex_);
    for (const auto& container : containers) {
      auto& followed = know(container.id, container.name, container.labels);
      const bool runs = note_listed(followed, container.state) || has_ended_since(followed, container.state);
      if (is_yet_to_start(followed, container.state)) {
        awaited_.insert(container.id);
        first_starts_.insert(container.id);
      } else if (runs || !whole_history) {
        follow(followed);
      } else {
        tell_exit(followed);
      }
    }
    listed_ = true;
  }
  follow_to_the_end();
}

/// Those that are yet to start come with their event, as do those whose start was heard of already; and only
/// once.
void LogFollower::leave_to_events(std::vector<engine::ContainerSummary>& containers) {
  std::lock_guard lock(mutex_);
  begun_ = true;
  for (const auto& id : request_.awaited) {
    const auto found = followed_.find(id);
    const bool heard = found != followed_.end() && found->second.heard;
    if (first_starts_.insert(id).second && !heard) awaited_.insert(id);
  }
  std::erase_if(containers, [this](const auto& one) {
    return first_starts_.contains(one.id) || followed_.at(one.id).heard;
  });
}

// --- which containers

bool LogFollower::wanted(const engine::StringMap& labels) const {
  const auto& service = value_of(labels, plan::labels::service);
  const auto has = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), service) != names.end();
  };
  if (value_of(labels, plan::labels::config_hash).empty()) return false;  // see plan::labels_of_containers
  if (value_of(labels, plan::labels::oneoff) == "True" || has(request_.excluded)) return false;
  const auto& number = value_of(labels, plan::labels::container_number);
  if (request_.index > 0 && number != std::to_string(request_.index)) return false;
  return request_.services.empty() || has(request_.services);
}

bool LogFollower::decides(const engine::StringMap& labels) const {
  const auto& service = value_of(labels, plan::labels::service);
  const auto& decisive = request_.decisive;
  return decisive.empty() || std::find(decisive.begin(), decisive.end(), service) != decisive.end();
}

/// Takes note of whether a container runs, by the list where no event has told since. Under the lock.
bool LogFollower::note_listed(Followed& followed, engine::ContainerState state) {
  const bool runs = followed.runs.value_or(state == engine::ContainerState::running ||
                                           state == engine::ContainerState::paused ||
                                           state == engine::ContainerState::restarting);
  if (runs && followed.decisive) running_.insert(followed.id);
  return runs;
}

/// Of what ended between `up`'s look at it, which found it running, and now, the end is news. Under the lock.
bool LogFollower::has_ended_since(const Followed& followed, engine::ContainerState state) {
  const bool ended = request_.after_last != LogRequest::AfterLast::end && followed.decisive &&
                     !followed.runs && state == engine::ContainerState::exited;
  if (ended) running_.insert(followed.id);  // until its exit code is asked for
  return ended;
}

/// Who asks for the logs of what was only created waits for its start. Under the lock.
bool LogFollower::is_yet_to_start(const Followed& followed, engine::ContainerState state) const {
  return request_.after_last == LogRequest::AfterLast::end && !followed.runs &&
         state == engine::ContainerState::created;
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
    place->second.id = id;
    place->second.container = name;
    const auto& replaced = value_of(labels, plan::labels::replace);  // whose name it may not have yet
    place->second.name = replaced.empty()
                             ? log_name(name, request_.project, value_of(labels, plan::labels::service))
                             : replaced;
    place->second.source = writer_.add(place->second.name);
    place->second.decisive = decides(labels);
  }
  return place->second;
}

LogFollower::Followed& LogFollower::know(const engine::EngineEvent& event) {
  const auto& name = value_of(event.attributes, "name");
  return know(event.id, name.empty() ? event.id : name, event.attributes);
}

// --- what happens

void LogFollower::listen() {
  if (events_) return;
  events_.emplace([this] { hear_events(); });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop_.get_token(), [this] { return open_ || error_ != nullptr; });
}

void LogFollower::hear_events() {
  const auto on_open = [this] {
    std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  };
  const auto take = [this](const engine::EngineEvent& event) {
    if (event.type == "container" && wanted(event.attributes)) on_event(event);
    return true;
  };
  try {
    engine_.events({std::string(plan::labels::project) + "=" + request_.project}, "", "", on_open, take,
                   stop_.get_token());
  } catch (const Error&) {
    fail(std::current_exception());
  }
}

void LogFollower::fail(std::exception_ptr error) {
  std::lock_guard lock(mutex_);
  error_ = std::move(error);
  changed_.notify_all();
  wake_.wake();
}

void LogFollower::on_event(const engine::EngineEvent& event) {
  if (event.action == "create") on_create(event);
  if (event.action == "destroy") on_destroy(event);
  if (event.action == "kill" || event.action == "restart") on_stop(event);
  if (event.action == "start") on_start(event);
  if (event.action == "die") on_die(event);
}

/// A container that takes the place of one that is followed is waited for.
void LogFollower::on_create(const engine::EngineEvent& event) {
  std::lock_guard lock(mutex_);
  if (request_.after_last == LogRequest::AfterLast::end_at_removal) know(event);
  const auto& replaced = value_of(event.attributes, plan::labels::replace);
  if (replaced.empty()) return;
  const auto found = std::find_if(followed_.begin(), followed_.end(), [&](const auto& entry) {
    return entry.second.name == replaced && running_.contains(entry.first);
  });
  if (found == followed_.end()) return;
  awaited_.insert(event.id);
  if (request_.exits == LogRequest::Exits::show) writer_.note(found->second.name + " has been recreated");
}

void LogFollower::on_destroy(const engine::EngineEvent& event) {
  std::lock_guard lock(mutex_);
  awaited_.erase(event.id);
  if (const auto found = followed_.find(event.id); found != followed_.end()) found->second.removed = true;
  wake_.wake();
}

/// Before the end come a `kill` for each signal, and Podman's `restart`.
void LogFollower::on_stop(const engine::EngineEvent& event) {
  std::lock_guard lock(mutex_);
  know(event).stopped = true;
}

void LogFollower::on_die(const engine::EngineEvent& event) {
  const bool goes_on = lives_on(engine_, event.id);
  std::lock_guard lock(mutex_);
  auto& followed = know(event);
  if (!goes_on) note_end(followed);
  const bool news = !std::exchange(followed.end_known, true);  // engines may tell one end twice
  if (news) tell_exit(followed);  // of the life before, whose output may still be on its way
  followed.ended = event.time;
  followed.runs = goes_on;
  followed.after = goes_on ? ui::LogWriter::After::restart : ui::LogWriter::After::end;
  if (news) followed.exit_code = std::atoi(value_of(event.attributes, "exitCode").c_str());
  if (!followed.reading && listed_) tell_exit(followed);
  wake_.wake();
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
std::string LogFollower::since_of_restart(const engine::EngineEvent& event, engine::WallTime ended,
                                          Shown shown) {
  constexpr auto tick = std::chrono::nanoseconds(1);
  if (ended != engine::WallTime{}) return unix_text(ended + tick);
  if (shown == Shown::history) return {};
  if (is_first_start(event.id)) return {};  // all that is wanted is of this start
  const auto details = engine_.inspect_container(event.id);
  if (details.finished_at == engine::WallTime{}) return {};
  if (details.finished_at < details.started_at) return unix_text(details.finished_at + tick);
  return unix_text(details.started_at - std::chrono::seconds(1));  // a busy engine tells the start late
}

bool LogFollower::is_first_start(const std::string& id) {
  std::lock_guard lock(mutex_);
  return !begun_ || first_starts_.contains(id);
}

void LogFollower::on_start(const engine::EngineEvent& event) {
  std::unique_lock lock(mutex_);
  auto& followed = know(event);
  followed.heard = true;
  followed.runs = true;
  followed.end_known = followed.stopped = false;
  followed.may_return_until = {};
  if (followed.decisive) running_.insert(event.id);
  awaited_.erase(event.id);
  if (followed.unreadable) {  // attached since before its first start, whose output may be through already
    if (followed.ended != engine::WallTime{}) follow(followed);
    return wake_.wake();
  }
  const auto ended = followed.ended;
  const auto shown = followed.position.stamp.empty() ? Shown::nothing : Shown::history;
  lock.unlock();
  std::string since;
  try {
    since = since_of_restart(event, ended, shown);
  } catch (const engine::EngineError& error) {
    if (error.kind() != engine::ErrorKind::not_found) throw;
  }
  lock.lock();
  followed.since = since;
  follow(followed);
  wake_.wake();
}

/// Has it read from the beginning of its new life on: at once, or once what is being read has ended. Under
/// the lock.
void LogFollower::follow(Followed& followed) {
  followed.again = followed.reading;
  followed.reading = true;
}

}  // namespace crstack::cli
