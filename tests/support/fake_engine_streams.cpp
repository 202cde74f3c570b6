// SPDX-License-Identifier: MIT
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "support/fake_engine_detail.hpp"

namespace crstack::test {

using engine::EngineError;
using engine::ErrorKind;
using engine::StreamKind;

namespace {

/// One end of a socket pair.
class SocketDuplex final : public engine::Duplex {
 public:
  explicit SocketDuplex(int fd) : fd_(fd) {}
  ~SocketDuplex() override { ::close(fd_); }
  SocketDuplex(const SocketDuplex&) = delete;
  SocketDuplex& operator=(const SocketDuplex&) = delete;
  [[nodiscard]] int fd() const override { return fd_; }
  std::size_t read(char* buffer, std::size_t size) override {
    const auto got = ::recv(fd_, buffer, size, 0);
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  }
  void write(std::string_view bytes) override { (void)::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  void close_write() override { ::shutdown(fd_, SHUT_WR); }

 private:
  int fd_;
};

std::string frame(StreamKind kind, const std::string& text) {
  const auto size = text.size();
  std::string result(8, '\0');
  result[0] = static_cast<char>(kind);
  for (int i = 0; i < 4; ++i) result[static_cast<std::size_t>(7 - i)] = static_cast<char>(size >> (8 * i));
  return text.empty() ? "" : result + text;
}

std::string timestamp(engine::WallTime time) {
  const auto nanos = std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
  const std::time_t seconds = nanos / 1'000'000'000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 16> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%09dZ ", static_cast<int>(nanos % 1'000'000'000));
  return std::string(text.data(), length) + fraction.data();
}

double since_seconds(const std::string& since) {
  return since.empty() ? 1e18 : std::strtod(since.c_str(), nullptr);
}

double seconds_of(engine::WallTime time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

}  // namespace

// --- events

void FakeEngine::push_locked(const engine::EngineEvent& event) {
  history_.push_back(event);
  for (auto& subscriber : subscribers_) subscriber.queue.push_back(event);
  changed_.notify_all();
}

void FakeEngine::emit(engine::EngineEvent event) {
  Lock lock(mutex_);
  if (event.time == engine::WallTime{}) event.time = wall();
  push_locked(event);
}

void FakeEngine::break_event_streams() {
  Lock lock(mutex_);
  for (auto& subscriber : subscribers_) subscriber.broken = true;
  changed_.notify_all();
}

void FakeEngine::events(const engine::LabelFilter& labels, const std::string& since, const std::string& until,
                        const std::function<void()>& on_open, const engine::EventSinkFunction& sink,
                        std::stop_token stop) {
  Call call(*this, "events", {}, stop);
  Lock lock(mutex_);
  const auto place = subscribers_.emplace(subscribers_.end());
  for (const auto& event : history_)
    if (seconds_of(event.time) >= since_seconds(since)) place->queue.push_back(event);
  changed_.notify_all();
  lock.unlock();
  if (on_open) on_open();
  lock.lock();
  bool more = true, broken = false;
  while (more) {
    changed_.wait(lock, stop, [&] { return place->broken || !place->queue.empty() || !until.empty(); });
    if (stop.stop_requested() || place->queue.empty()) {
      broken = place->broken && !stop.stop_requested();
      break;
    }
    const auto event = std::move(place->queue.front());
    place->queue.pop_front();
    if (!has_labels(event.attributes, labels)) continue;
    lock.unlock();
    more = sink(event);
    lock.lock();
  }
  subscribers_.erase(place);
  lock.unlock();
  if (broken)
    throw EngineError(ErrorKind::no_answer, 0, "GET", "/events", "the engine closed the event stream");
}

// --- logs and attach

void FakeEngine::logs(const std::string& id, const engine::LogOptions& options,
                      const engine::OutputSink& sink, std::stop_token stop) {
  Call call(*this, "logs", name_of(id), stop);
  Lock lock(mutex_);
  const std::string key = need(id, "GET").details.id;
  std::size_t next = 0;
  if (options.tail != "all" && !options.tail.empty()) {
    const auto size = containers_[key].logs.size();
    next = size - std::min<std::size_t>(size, std::stoul(options.tail));
  }
  while (!stop.stop_requested()) {
    const auto found = containers_.find(key);
    if (found == containers_.end()) return;
    if (next < found->second.logs.size()) {
      const auto line = found->second.logs[next++];
      if ((line.kind == StreamKind::out && !options.out) || (line.kind == StreamKind::err && !options.err))
        continue;
      if (!options.since.empty() && seconds_of(line.time) < since_seconds(options.since)) continue;
      lock.unlock();
      if (!sink(line.kind, (options.timestamps ? timestamp(line.time) : "") + line.text + "\n")) return;
      lock.lock();
      continue;
    }
    const auto state = found->second.details.state;
    if (!options.follow ||
        (state != engine::ContainerState::running && state != engine::ContainerState::paused &&
         state != engine::ContainerState::restarting))
      return;
    const auto run = found->second.run;
    lock.unlock();
    if (!sink(StreamKind::out, {})) return;
    lock.lock();
    changed_.wait(lock, stop, [&] {
      const auto again = containers_.find(key);
      return again == containers_.end() || again->second.logs.size() > next || again->second.run != run;
    });
  }
}

namespace {

/// A connection whose other side a thread of its own writes to.
class FedDuplex final : public engine::Duplex {
 public:
  explicit FedDuplex(const std::function<void(int, std::stop_token)>& feed) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) throw Error("socketpair failed");
    near_.emplace(ends[0]);
    feeder_ = std::jthread([feed, far = ends[1]](const std::stop_token& stop) {
      feed(far, stop);
      ::close(far);
    });
  }
  [[nodiscard]] int fd() const override { return near_->fd(); }
  std::size_t read(char* buffer, std::size_t size) override { return near_->read(buffer, size); }
  void write(std::string_view) override {}
  void close_write() override {}

 private:
  std::optional<SocketDuplex> near_;
  std::jthread feeder_;
};

std::string framed(StreamKind kind, std::string_view bytes) {
  std::string frame(8, '\0');
  frame[0] = static_cast<char>(kind);
  for (std::size_t i = 0; i < 4; ++i) frame[4 + i] = static_cast<char>(bytes.size() >> (24 - 8 * i));
  return frame.append(bytes);
}

}  // namespace

std::unique_ptr<engine::Duplex> FakeEngine::open_logs(const std::string& id,
                                                      const engine::LogOptions& options) {
  const Call call(*this, "open_logs", name_of(id));
  {
    Lock lock(mutex_);
    (void)need(id, "GET");
  }
  return std::make_unique<FedDuplex>([this, id, options](int far, const std::stop_token& stop) {
    const auto write = [&](StreamKind kind, std::string_view bytes) {
      const auto frame = bytes.empty() ? std::string() : framed(kind, bytes);
      return ::send(far, frame.data(), frame.size(), MSG_NOSIGNAL) >= 0;
    };
    logs(id, options, write, stop);
  });
}

std::unique_ptr<engine::Duplex> FakeEngine::attach(const std::string& id, const AttachOptions&) {
  Call call(*this, "attach", name_of(id));
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) throw Error("socketpair failed");
  ::close(ends[1]);
  return std::make_unique<SocketDuplex>(ends[0]);
}

std::unique_ptr<engine::Duplex> FakeEngine::open_stats(const std::string& id) {
  Call call(*this, "open_stats", name_of(id));
  {
    Lock lock(mutex_);
    (void)need(id, "GET");
  }
  return std::make_unique<FedDuplex>(
      [sample = "{\"name\":\"/" + name_of(id) + "\"}\n"](int far, const std::stop_token&) {
        (void)::send(far, sample.data(), sample.size(), MSG_NOSIGNAL);
      });
}

// --- exec

std::string FakeEngine::create_exec(const std::string& container, const engine::ExecSpec& spec) {
  std::string text = name_of(container);
  for (const auto& word : spec.command) text += " " + word;
  Call call(*this, "create_exec", text);
  Lock lock(mutex_);
  const auto& found = need(container, "POST");
  if (found.details.state != engine::ContainerState::running)
    throw EngineError(ErrorKind::conflict, 409, "POST", "/containers/" + container + "/exec",
                      "Container " + found.details.id + " is not running");
  const auto id = new_id('f');
  execs_[id] = {found.details.id, spec, {}};
  return id;
}

ContainerScript::ExecResult FakeEngine::next_exec(Container& container) {
  const auto& script = script_of(container);
  const auto index = container.execs++;
  if (!script.execs.empty()) return script.execs[std::min(index, script.execs.size() - 1)];
  const bool ready = !script.ready_after || now() - container.started >= *script.ready_after;
  return {ready ? 0 : 1, "", ready ? "" : "not ready\n", {}};
}

std::unique_ptr<engine::Duplex> FakeEngine::start_exec(const std::string& exec, bool tty) {
  Call call(*this, "start_exec", [&] {
    Lock lock(mutex_);
    return containers_.contains(execs_.at(exec).container)
               ? containers_.at(execs_.at(exec).container).details.name
               : exec;
  }());
  Lock lock(mutex_);
  auto& entry = execs_.at(exec);
  auto result = next_exec(need(entry.container, "POST"));
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) throw Error("socketpair failed");
  entry.state.running = true;
  const auto finish = [this, exec, result, tty, fd = ends[1]] {
    const auto bytes = tty ? result.out + result.err
                           : frame(StreamKind::out, result.out) + frame(StreamKind::err, result.err);
    {
      Lock relock(mutex_);
      execs_.at(exec).state = {result.cut, result.exit_code, 0};
    }
    (void)::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    ::close(fd);
  };
  if (result.took > Duration::zero()) {
    after(result.took, finish);
  } else {
    lock.unlock();
    finish();
  }
  return std::make_unique<SocketDuplex>(ends[0]);
}

void FakeEngine::start_exec_detached(const std::string& exec, bool tty) {
  start_exec(exec, tty);
}

void FakeEngine::resize_exec(const std::string&, int rows, int columns) {
  Call call(*this, "resize_exec", std::to_string(rows) + "x" + std::to_string(columns));
}

FakeEngine::ExecState FakeEngine::inspect_exec(const std::string& exec) {
  Call call(*this, "inspect_exec");
  Lock lock(mutex_);
  return execs_.at(exec).state;
}

// --- archives

void FakeEngine::export_container(const std::string& id, const engine::ByteSink& sink) {
  Call call(*this, "export_container", name_of(id));
  sink(std::string(1024, '\0'));
}

void FakeEngine::get_archive(const std::string& id, const std::string& path, const engine::ByteSink& sink) {
  Call call(*this, "get_archive", name_of(id) + " " + path);
  sink(std::string(1024, '\0'));
}

std::optional<FakeEngine::PathStat> FakeEngine::stat_path(const std::string& id, const std::string& path) {
  Call call(*this, "stat_path", name_of(id) + " " + path);
  return std::nullopt;
}

void FakeEngine::put_archive(const std::string& id, const std::string& path, const engine::ByteSource& tar,
                             PutArchiveOptions) {
  Call call(*this, "put_archive", name_of(id) + " " + path);
  while (!tar().empty()) continue;
}

std::string FakeEngine::commit_container(const std::string& id, const CommitOptions& options) {
  Call call(*this, "commit_container", name_of(id) + " " + options.repo);
  const auto reference = options.repo + (options.tag.empty() ? "" : ":" + options.tag);
  add_image(reference);
  Lock lock(mutex_);
  return find_image(reference)->id;
}

}  // namespace crstack::test
