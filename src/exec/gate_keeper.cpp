// SPDX-License-Identifier: MIT
#include "gate_keeper.hpp"

#include <algorithm>
#include <utility>

#include "crstack/base/text.hpp"
#include "crstack/base/units.hpp"
#include "probe.hpp"

namespace crstack::exec {

namespace {

using namespace std::chrono_literals;

/// How long a container without a health check must have run to count as running under `--wait`: what dies at
/// once is reported, not missed.
constexpr Duration settling_time = 200ms;

/// How long what was stopped from elsewhere may stay so before it counts as ended: `docker restart` starts it
/// at once, and an engine that is about to answers no inspection before it has.
constexpr Duration restart_time = 1s;

event::Subject subject_of(const Watched& watched) {
  return {event::ResourceKind::container, watched.container.name, watched.container.service};
}

/// What the probes' interval cost, or would have.
std::string saved_by_own_probe(const Watched& watched, engine::WallTime now) {
  return "own probe; this probe's interval would have cost " +
         format_elapsed(until_engine_probe(watched.details, now)) + " more";
}

std::string cost_of_interval(const Watched& watched, Duration waited) {
  const auto interval = watched.details.health_spec->interval.value_or(default_probe_interval);
  return "this probe's interval cost up to " + format_elapsed(std::min(interval, waited));
}

std::string last_line(const std::string& text) {
  const auto lines = split(std::string(trim(text)), '\n');
  return lines.empty() ? "" : std::string(trim(lines.back()));
}

}  // namespace

void GateKeeper::wait(plan::StepId step, const plan::WaitForCondition& gate) {
  closed_[step] = gate.containers.size();
  for (const auto& container : gate.containers) {
    const auto now = clock_.steady_now();
    auto watched = std::make_shared<Watched>(Watched{.step = step,
                                                     .container = container,
                                                     .gate = Gate(gate.condition),
                                                     .policy = gate.probe,
                                                     .since = now,
                                                     .heard = now});
    watched_.emplace(container.id, watched);
    sink_.emit(event::Progress{subject_of(*watched), event::Activity::waiting, event::Phase::working, ""});
    inspect(watched);
  }
}

std::vector<std::shared_ptr<Watched>> GateKeeper::watched() const {
  std::vector<std::shared_ptr<Watched>> all;
  for (const auto& [id, watched] : watched_) all.push_back(watched);
  std::sort(all.begin(), all.end(),
            [](const auto& left, const auto& right) { return left->container.name < right->container.name; });
  return all;
}

bool GateKeeper::is_watched(const std::shared_ptr<Watched>& watched) const {
  const auto [begin, end] = watched_.equal_range(watched->container.id);
  return std::any_of(begin, end, [&](const auto& entry) { return entry.second == watched; });
}

void GateKeeper::inspect(const std::shared_ptr<Watched>& watched) {
  pool_.submit([this, watched] {
    try {
      auto details = engine_.inspect_container(watched->container.id);
      loop_.post([this, watched, details = std::move(details)] { inspected(watched, details); });
    } catch (const Error& error) {
      loop_.post([this, watched, what = std::string(error.what())] {
        if (is_watched(watched)) callbacks_.broken(watched->step, what);
      });
    }
  });
}

void GateKeeper::inspected(const std::shared_ptr<Watched>& watched, const engine::ContainerDetails& details) {
  if (!is_watched(watched)) return;
  const auto newest = [](const engine::ContainerDetails& of) {
    return of.probes.empty() ? engine::WallTime() : of.probes.back().end;
  };
  const bool heard = newest(details) != newest(watched->details);
  if (heard) watched->heard = clock_.steady_now();
  watched->details = details;
  watched->gate.feed(details);
  if (watched->doubted && !heard) watched->gate.engine_is_silent();
  watched->gate.stays_ended(std::exchange(watched->overdue, 0));
  watched->doubted = false;
  judge(watched);
  if (!is_watched(watched)) return;
  if (watched->gate.settling()) settle(watched);
  if (watched->gate.open_end() != 0) await_restart(watched);
  probe(watched);
}

void GateKeeper::settle(const std::shared_ptr<Watched>& watched) {
  loop_.after(settling_time, [this, watched] {
    if (!is_watched(watched)) return;
    watched->gate.settled();
    judge(watched);
  });
}

/// Asks once whether what was stopped from elsewhere has been started again.
void GateKeeper::await_restart(const std::shared_ptr<Watched>& watched) {
  const int end = watched->gate.open_end();
  if (std::exchange(watched->awaited, end) == end) return;
  loop_.after(restart_time, [this, watched, end] {
    if (!is_watched(watched) || watched->gate.open_end() != end) return;
    watched->overdue = end;
    inspect(watched);
  });
}

void GateKeeper::feed(const engine::EngineEvent& event) {
  std::vector<std::shared_ptr<Watched>> concerned;
  const auto [begin, end] = watched_.equal_range(event.id);
  for (auto entry = begin; entry != end; ++entry) concerned.push_back(entry->second);
  for (const auto& watched : concerned) {
    const bool was_settling = watched->gate.settling();
    watched->gate.feed(event);
    judge(watched);
    if (!is_watched(watched)) continue;
    if (!was_settling && watched->gate.settling()) settle(watched);
    if (watched->gate.open_end() != 0) await_restart(watched);
  }
}

void GateKeeper::resynchronise() {
  for (const auto& [id, watched] : watched_) {
    if (watched->gate.inspected()) inspect(watched);
  }
}

void GateKeeper::probe(const std::shared_ptr<Watched>& watched) {
  if (!is_watched(watched) || watched->probing || !watched->gate.has_health_check()) return;
  if (watched->policy == plan::ProbePolicy::engine_only || !can_probe(watched->details)) return;
  watched->probing = true;
  probes_.submit([this, watched, spec = probe_spec(watched->details), stop = watched->stop.get_token(),
                  timeout = watched->details.health_spec->timeout] {
    if (stop.stop_requested()) return;
    const auto start = clock_.steady_now();
    CommandResult result;
    try {
      result =
          run_command(engine_, watched->container.id, spec, timeout.value_or(default_probe_timeout), stop);
    } catch (const Error& error) {  // it has stopped, say: its events tell
      result = {1, error.what()};
    }
    const Duration took = clock_.steady_now() - start;
    loop_.post([this, watched, result, took] { probed(watched, result, took); });
  });
}

void GateKeeper::probed(const std::shared_ptr<Watched>& watched, const CommandResult& result, Duration took) {
  watched->probing = false;
  if (!is_watched(watched)) return;
  const auto now = clock_.system_now();
  const int code = result.exit_code.value_or(-1);
  const std::string output = result.exit_code ? last_line(result.output) : "the probe took too long";
  sink_.emit(event::Probe{subject_of(*watched), code, output, true});
  if (result.exit_code) watched->own_probe = engine::HealthProbe{now - took, now, code, result.output};
  if (code == 0 && succeeded(watched)) return;
  watched->doubted =
      engine_is_silent(*watched->details.health_spec, clock_.steady_now() - watched->heard, took);
  if (watched->doubted) return inspect(watched);  // which goes on with the next probe
  const Duration waited = clock_.steady_now() - watched->since;
  loop_.after(pause_after(waited, took), [this, watched] { probe(watched); });
}

/// Whether that is enough: not where the container has ended meanwhile.
bool GateKeeper::succeeded(const std::shared_ptr<Watched>& watched) {
  const auto now = clock_.system_now();
  const auto left = until_engine_probe(watched->details, now);
  if (watched->gate.condition() == plan::WaitFor::running_or_healthy && !watched->agreed &&
      left <= plan::agreement_time) {
    watched->agreed = true;
    loop_.after(left + plan::agreement_time, [this, watched] { probe(watched); });
    return true;
  }
  if (watched->gate.probe_succeeded() == Gate::State::waiting) return false;
  watched->note = saved_by_own_probe(*watched, now);
  judge(watched);
  return true;
}

/// What the gate says now: drops the container from the watch where it is decided.
void GateKeeper::judge(const std::shared_ptr<Watched>& watched) {
  if (watched->gate.state() == Gate::State::waiting || !is_watched(watched)) return;
  const auto [begin, end] = watched_.equal_range(watched->container.id);
  watched_.erase(std::find_if(begin, end, [&](const auto& entry) { return entry.second == watched; }));
  watched->stop.request_stop();
  if (watched->gate.state() == Gate::State::failed) return callbacks_.failed(watched->step, *watched);
  const auto activity = watched->gate.ended() ? event::Activity::exited : event::Activity::healthy;
  sink_.emit(event::Progress{subject_of(*watched), activity, event::Phase::done, ""});
  const bool by_engine = watched->note.empty() && watched->policy == plan::ProbePolicy::engine_only;
  if (by_engine && watched->details.health_spec) {
    watched->note = cost_of_interval(*watched, clock_.steady_now() - watched->since);
  }
  if (--closed_.at(watched->step) == 0) callbacks_.opened(watched->step, watched->note);
}

void GateKeeper::close() {
  for (const auto& [id, watched] : watched_) watched->stop.request_stop();
  watched_.clear();
}

}  // namespace crstack::exec
