// SPDX-License-Identifier: MIT
// What happens to the fake engine's containers: starts, ends, health, logs.
#include "support/fake_engine_detail.hpp"

namespace crstack::test {

using engine::ContainerState;
using engine::ErrorKind;
using engine::Health;

[[noreturn]] void refuse(ErrorKind kind, int status, const std::string& message) {
  throw engine::EngineError(kind, status, "POST", "/containers", message);
}

bool runs(const engine::ContainerDetails& details) {
  return details.state == ContainerState::running || details.state == ContainerState::paused ||
         details.state == ContainerState::restarting;
}

void FakeEngine::event_locked(const Container& container, const std::string& action,
                              engine::StringMap extra) {
  engine::EngineEvent event;
  event.type = "container";
  event.action = action;
  event.id = container.details.id;
  event.attributes = container.spec.labels;
  event.attributes["name"] = container.details.name;
  event.attributes["image"] = container.details.image;
  event.attributes.merge(extra);
  event.time = wall();
  push_locked(event);
}

void FakeEngine::log_locked(Container& container, const std::string& text, engine::StreamKind kind) {
  container.logs.push_back({kind, wall(), text});
  changed_.notify_all();
}

void FakeEngine::health_locked(Container& container, Health health, const std::string& output, int code) {
  auto& details = container.details;
  if (details.state != ContainerState::running) return;
  details.probes.push_back({wall(), wall(), code, output});
  if (details.health == health) return;
  details.health = health;
  event_locked(container, std::string("health_status: ") + to_string(health));
}

void FakeEngine::check_ports(const Container& container) {
  for (const auto& port : container.spec.ports) {
    if (port.host_port.empty()) continue;
    bool taken = occupied_.contains(std::stoi(port.host_port));
    for (const auto& [id, other] : containers_)
      for (const auto& theirs : other.spec.ports)
        taken = taken || (&other != &container && runs(other.details) && theirs.host_port == port.host_port &&
                          theirs.protocol == port.protocol);
    if (taken)
      refuse(ErrorKind::server, 500,
             "driver failed programming external connectivity on endpoint " + container.details.name + " (" +
                 container.details.id + "): Bind for 0.0.0.0:" + port.host_port +
                 " failed: port is already allocated");
  }
}

void FakeEngine::play(Container& container) {
  const auto id = container.details.id;
  const auto run = container.run;
  const auto later = [this, id, run](Duration delay, auto action) {
    auto guarded = [this, id, run, action] {
      Lock lock(mutex_);
      const auto found = containers_.find(id);
      if (found != containers_.end() && found->second.run == run) action(found->second);
    };
    after(delay, guarded);
  };
  const auto& script = script_of(container);
  for (const auto& line : script.logs) {
    if (line.after == Duration::zero())
      log_locked(container, line.text, line.kind);
    else
      later(line.after, [this, line](Container& c) { log_locked(c, line.text, line.kind); });
  }
  for (const auto& change : script.health)
    later(change.after,
          [this, change](Container& c) { health_locked(c, change.health, change.output, change.exit_code); });
  if (container.runs <= script.exits.size()) {
    const auto end = script.exits[container.runs - 1];
    later(end.after, [this, end](Container& c) { exit_locked(c, end.code, end.oom); });
  }
}

void FakeEngine::start_locked(Container& container) {
  auto& details = container.details;
  details.state = ContainerState::running;
  details.started_at = wall();
  details.exit_code = 0;
  details.oom_killed = false;
  details.pid = static_cast<int>(1000 + serial_);
  details.probes.clear();
  const bool probed = details.health_spec && !details.health_spec->test.empty() &&
                      details.health_spec->test.front() != "NONE";
  details.health = probed ? Health::starting : Health::none;
  container.started = now();
  container.stopped_by_hand = false;
  ++container.run;
  ++container.runs;
  event_locked(container, "start");
  play(container);
  changed_.notify_all();
}

void FakeEngine::exit_locked(Container& container, int code, bool oom) {
  auto& details = container.details;
  if (!runs(details)) return;
  details.exit_code = code;
  details.oom_killed = oom;
  details.finished_at = wall();
  details.pid = 0;
  details.state = ContainerState::exited;
  ++container.run;
  if (oom) event_locked(container, "oom");
  event_locked(container, "die", {{"exitCode", std::to_string(code)}});
  changed_.notify_all();
  const auto& policy = container.spec.restart;
  const bool again =
      !container.stopped_by_hand &&
      (policy.name == "always" || policy.name == "unless-stopped" ||
       (policy.name == "on-failure" && code != 0 &&
        (policy.maximum_retry_count == 0 || details.restart_count < policy.maximum_retry_count)));
  const auto id = details.id;
  if (again) {
    details.state = ContainerState::restarting;
    ++details.restart_count;
    after(100ms, [this, id, run = container.run] {
      Lock lock(mutex_);
      const auto found = containers_.find(id);
      if (found != containers_.end() && found->second.run == run) start_locked(found->second);
    });
  } else if (container.spec.auto_remove) {
    event_locked(container, "destroy");
    containers_.erase(id);
  }
}

void FakeEngine::set_health(const std::string& container, Health health, const std::string& output) {
  Lock lock(mutex_);
  changed_.wait_for(lock, 10s, [&] {  // an engine probes what runs, and nothing else
    const auto* known = find(container);
    return known != nullptr && runs(known->details);
  });
  health_locked(need(container, "set_health"), health, output, health == Health::healthy ? 0 : 1);
}

void FakeEngine::exit_container(const std::string& container, int code, bool oom) {
  Lock lock(mutex_);
  exit_locked(need(container, "exit_container"), code, oom);
}

void FakeEngine::write_log(const std::string& container, const std::string& text, engine::StreamKind kind) {
  Lock lock(mutex_);
  log_locked(need(container, "write_log"), text, kind);
}

}  // namespace crstack::test
