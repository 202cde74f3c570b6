// SPDX-License-Identifier: MIT
#include "support/fake_engine.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>

#include "support/fake_engine_detail.hpp"

namespace crstack::test {

using engine::EngineError;
using engine::ErrorKind;

bool has_labels(const engine::StringMap& labels, const engine::LabelFilter& filter) {
  return std::all_of(filter.begin(), filter.end(), [&](const std::string& wanted) {
    const auto equals = wanted.find('=');
    const auto found = labels.find(wanted.substr(0, equals));
    return found != labels.end() &&
           (equals == std::string::npos || found->second == wanted.substr(equals + 1));
  });
}

std::string normal_reference(const std::string& reference) {
  std::string name = reference;
  for (const std::string prefix : {"docker.io/", "library/"})
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
  if (name.starts_with("sha256:") || name.find('@') != std::string::npos) return name;
  const auto slash = name.rfind('/');
  const bool tagged = name.find(':', slash == std::string::npos ? 0 : slash) != std::string::npos;
  return tagged ? name : name + ":latest";
}

FakeEngine::FakeEngine(ManualClock* clock) : manual_(clock) {
  for (const std::string name : {"bridge", "host", "none"}) {
    engine::NetworkInfo network;
    network.id = new_id('0');
    network.name = name;
    network.driver = name == "none" ? "null" : name;
    networks_[network.id] = network;
  }
  if (manual_ == nullptr)
    timer_thread_ = std::jthread([this](const std::stop_token& stop) { run_timers(stop); });
}

FakeEngine::~FakeEngine() = default;

std::string FakeEngine::new_id(char kind) {
  std::string digits = std::to_string(++serial_);
  return kind + std::string(11 - digits.size(), '0') + digits + std::string(52, '0');
}

Clock::Instant FakeEngine::now() const {
  return manual_ != nullptr ? manual_->steady_now() : real_.steady_now();
}

engine::WallTime FakeEngine::wall() const {
  return manual_ != nullptr ? manual_->system_now() : real_.system_now();
}

void FakeEngine::after(Duration delay, std::function<void()> action) {
  if (manual_ != nullptr) return manual_->at(now() + delay, std::move(action));
  timers_.emplace(now() + delay, std::move(action));
  changed_.notify_all();
}

void FakeEngine::run_timers(const std::stop_token& stop) {
  Lock lock(mutex_);
  while (!stop.stop_requested()) {
    const auto size = timers_.size();
    const auto next = timers_.empty() ? now() + 1h : timers_.begin()->first;
    changed_.wait_until(lock, stop, next, [&] { return timers_.size() != size; });
    while (!timers_.empty() && timers_.begin()->first <= now()) {
      auto node = timers_.extract(timers_.begin());
      lock.unlock();
      node.mapped()();
      lock.lock();
    }
  }
}

// --- set-up

void FakeEngine::script(const std::string& container_or_service, ContainerScript script) {
  Lock lock(mutex_);
  scripts_[container_or_service] = std::move(script);
}

void FakeEngine::add_image(const std::string& reference, engine::ImageDetails details) {
  Lock lock(mutex_);
  if (details.id.empty()) details.id = "sha256:" + new_id('1');
  details.repo_tags = {normal_reference(reference)};
  images_[normal_reference(reference)] = std::move(details);
}

void FakeEngine::add_hollow_image(const std::string& reference) {
  const Lock lock(mutex_);
  registry_.insert(normal_reference(reference));
  hollow_.insert(normal_reference(reference));
}

void FakeEngine::add_registry_image(const std::string& reference) {
  Lock lock(mutex_);
  registry_.insert(normal_reference(reference));
}

void FakeEngine::occupy_port(int host_port) {
  Lock lock(mutex_);
  occupied_.insert(host_port);
}

void FakeEngine::set_latency(const std::string& call, Duration latency) {
  Lock lock(mutex_);
  latencies_[call] = latency;
}

void FakeEngine::fail(const std::string& prefix, ErrorKind kind, int status, const std::string& message,
                      int times) {
  Lock lock(mutex_);
  failures_.push_back({prefix, message, kind, status, times});
}

void FakeEngine::hold(const std::string& prefix) {
  Lock lock(mutex_);
  held_.insert(prefix);
}

void FakeEngine::release(const std::string& prefix) {
  Lock lock(mutex_);
  held_.erase(prefix);
  changed_.notify_all();
}

void FakeEngine::on_call(std::function<void(const std::string&)> hook) {
  Lock lock(mutex_);
  hook_ = std::move(hook);
}

// --- calls

FakeEngine::Call::Call(FakeEngine& engine, const std::string& name, const std::string& arguments,
                       const std::stop_token& stop)
    : engine_(engine), record_(std::make_shared<CallRecord>()) {
  record_->text = arguments.empty() ? name : name + " " + arguments;
  Lock lock(engine.mutex_);
  record_->begun = engine.now();
  engine.calls_.push_back(record_);
  engine.changed_.notify_all();
  if (const auto hook = engine.hook_) {
    lock.unlock();
    hook(record_->text);
    lock.lock();
  }
  const auto held = [&] {
    return std::any_of(engine.held_.begin(), engine.held_.end(),
                       [&](const std::string& prefix) { return record_->text.starts_with(prefix); });
  };
  engine.changed_.wait(lock, stop, [&] { return !held(); });
  const auto latency = engine.latencies_.find(name);
  if (latency != engine.latencies_.end() && latency->second > Duration::zero()) {
    const auto until = engine.now() + latency->second;
    if (engine.manual_ != nullptr) {
      lock.unlock();
      engine.manual_->sleep_until(until, stop);
      lock.lock();
    } else {
      engine.changed_.wait_until(lock, stop, until, [&] { return engine.now() >= until; });
    }
  }
  for (auto& failure : engine.failures_) {
    if (failure.times <= 0 || !record_->text.starts_with(failure.prefix)) continue;
    --failure.times;
    record_->ended = engine.now();
    throw EngineError(failure.kind, failure.status, name, arguments, failure.message);
  }
}

std::atomic<std::size_t> CallInThread::alive = 0;

CallInThread::CallInThread(std::function<void(const std::stop_token&)> call)
    : done_(::eventfd(0, EFD_CLOEXEC)) {
  ++alive;
  thread_ = std::jthread([this, call = std::move(call)](const std::stop_token& stop) {
    try {
      call(stop);
    } catch (...) {
      failure_ = std::current_exception();
    }
    ::eventfd_write(done_, 1);
  });
}

CallInThread::~CallInThread() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
  ::close(done_);
  --alive;
}

void CallInThread::finish() {
  thread_.join();
  if (failure_) std::rethrow_exception(failure_);
}

FakeEngine::Call::~Call() {
  std::lock_guard lock(engine_.mutex_);
  record_->ended = engine_.now();
}

std::vector<std::string> FakeEngine::calls() const {
  std::vector<std::string> result;
  for (const auto& record : call_records()) result.push_back(record.text);
  return result;
}

std::vector<std::string> FakeEngine::changing_calls() const {
  static const std::set<std::string> reading = {
      "list_containers", "inspect_container", "wait_container",   "logs",         "top",
      "open_logs",       "open_stats",        "export_container", "get_archive",  "stat_path",
      "inspect_exec",    "inspect_image",     "list_images",      "image_digest", "list_networks",
      "inspect_network", "list_volumes",      "inspect_volume",   "version",      "events"};
  std::vector<std::string> result;
  for (const auto& text : calls())
    if (!reading.contains(text.substr(0, text.find(' ')))) result.push_back(text);
  return result;
}

std::vector<FakeEngine::CallRecord> FakeEngine::call_records() const {
  Lock lock(mutex_);
  std::vector<CallRecord> result;
  for (const auto& record : calls_) result.push_back(*record);
  return result;
}

void FakeEngine::clear_calls() {
  Lock lock(mutex_);
  calls_.clear();
}

bool FakeEngine::wait_for_call(const std::string& prefix, std::size_t count) {
  Lock lock(mutex_);
  return changed_.wait_for(lock, 10s, [&] {
    return static_cast<std::size_t>(std::count_if(calls_.begin(), calls_.end(), [&](const auto& record) {
             return record->text.starts_with(prefix);
           })) >= count;
  });
}

// --- what is there

std::vector<std::string> FakeEngine::container_names() const {
  Lock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [id, container] : containers_) names.push_back(container.details.name);
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> FakeEngine::network_names() const {
  Lock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [id, network] : networks_)
    if (!id.starts_with('0')) names.push_back(network.name);
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> FakeEngine::volume_names() const {
  Lock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, volume] : volumes_) names.push_back(name);
  return names;
}

engine::ContainerSpec FakeEngine::created_spec(const std::string& container) const {
  Lock lock(mutex_);
  return const_cast<FakeEngine*>(this)->need(container, "created_spec").spec;
}

std::size_t FakeEngine::subscribers() const {
  Lock lock(mutex_);
  return subscribers_.size();
}

std::size_t FakeEngine::threads() {
  return CallInThread::alive;
}

engine::EngineVersion FakeEngine::version() {
  Call call(*this, "version");
  engine::EngineVersion version;
  version.version = "20.10.24";
  version.api_version = std::to_string(api_version_ / 1000) + "." + std::to_string(api_version_ % 1000);
  version.min_api_version = "1.12";
  version.os = "linux";
  version.architecture = "amd64";
  return version;
}

}  // namespace crstack::test
