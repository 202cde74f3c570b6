// SPDX-License-Identifier: MIT
#include "gate_keeper.hpp"

#include <algorithm>

#include "crstack/base/text.hpp"
#include "crstack/base/units.hpp"

namespace crstack::exec {

namespace {

using namespace std::chrono_literals;

/// How long a container without a health check must have run to count as running under `--wait`: what dies at
/// once is reported, not missed.
constexpr Duration settling_time = 200ms;
constexpr Duration default_probe_timeout = 30s, default_probe_interval = 30s;  ///< the engine's own
constexpr Duration shortest_pause = 50ms, longest_pause = 1s;

event::Subject subject_of(const Watched& watched) {
  return {event::ResourceKind::container, watched.container.name, watched.container.service};
}

/// The pause before the next probe. An exec costs the engine about 90 ms of CPU and competes with starts, so
/// probes never take more than half of the time, and the wait grows by an eighth at most: a service that has
/// taken eight seconds to become ready is noticed within one more.
Duration pause_after(Duration waited, Duration probe) {
  return std::clamp(std::max(waited / 8, probe), shortest_pause, longest_pause);
}

/// The engine's health command as an exec: same command, user and working directory.
engine::ExecSpec probe_spec(const engine::ContainerDetails& details) {
  engine::ExecSpec spec;
  const auto& test = details.health_spec->test;
  if (test[0] == "CMD-SHELL") {
    spec.command = {"/bin/sh", "-c", test.size() > 1 ? test[1] : ""};
  } else {
    spec.command.assign(test.begin() + 1, test.end());
  }
  spec.user = details.user;
  spec.working_dir = details.working_dir;
  return spec;
}

/// How much later the engine would have looked.
std::string saved_by_own_probe(const Watched& watched) {
  const Duration interval = watched.details.health_spec->interval.value_or(default_probe_interval);
  if (interval <= Duration::zero()) return {};
  const Duration waited = std::chrono::steady_clock::now() - watched.since;
  return "crstack's own probe opened it, " + format_elapsed(interval - waited % interval) +
         " before the engine's next";
}

std::string last_line(const std::string& text) {
  const auto lines = split(std::string(trim(text)), '\n');
  return lines.empty() ? "" : std::string(trim(lines.back()));
}

}  // namespace

void GateKeeper::wait(plan::StepId step, const plan::WaitForCondition& gate) {
  closed_[step] = gate.containers.size();
  for (const auto& container : gate.containers) {
    auto watched = std::make_shared<Watched>(Watched{
        step, container, Gate(gate.condition), gate.probe, {}, std::chrono::steady_clock::now(), false});
    watched_.emplace(container.id, watched);
    sink_.emit(event::Progress{subject_of(*watched), event::Activity::waiting, event::Phase::working, ""});
    inspect(watched);
  }
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
  watched->details = details;
  watched->gate.feed(details);
  judge(watched);
  if (!is_watched(watched)) return;
  if (watched->gate.settling()) settle(watched);
  probe(watched);
}

void GateKeeper::settle(const std::shared_ptr<Watched>& watched) {
  loop_.after(settling_time, [this, watched] {
    if (!is_watched(watched)) return;
    watched->gate.settled();
    judge(watched);
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
    if (is_watched(watched) && !was_settling && watched->gate.settling()) settle(watched);
  }
}

void GateKeeper::resynchronise() {
  for (const auto& [id, watched] : watched_) {
    if (watched->gate.inspected()) inspect(watched);
  }
}

void GateKeeper::probe(const std::shared_ptr<Watched>& watched) {
  if (!is_watched(watched) || watched->probing || !watched->gate.has_health_check()) return;
  if (watched->policy == plan::ProbePolicy::engine_only || !watched->details.health_spec) return;
  if (watched->details.health_spec->test.size() < 2) return;
  watched->probing = true;
  pool_.submit([this, watched, spec = probe_spec(watched->details), stop = stop_.get_token(),
                timeout = watched->details.health_spec->timeout] {
    const auto start = std::chrono::steady_clock::now();
    CommandResult result;
    try {
      result =
          run_command(engine_, watched->container.id, spec, timeout.value_or(default_probe_timeout), stop);
    } catch (const Error& error) {  // it has stopped, say: its events tell
      result = {1, error.what()};
    }
    const Duration took = std::chrono::steady_clock::now() - start;
    loop_.post([this, watched, result, took] { probed(watched, result, took); });
  });
}

void GateKeeper::probed(const std::shared_ptr<Watched>& watched, const CommandResult& result, Duration took) {
  watched->probing = false;
  if (!is_watched(watched)) return;
  const int code = result.exit_code.value_or(-1);
  const std::string output = result.exit_code ? last_line(result.output) : "the probe took too long";
  sink_.emit(event::Probe{subject_of(*watched), code, output, true});
  if (code == 0) {
    watched->note = saved_by_own_probe(*watched);
    watched->gate.probe_succeeded();
    judge(watched);
    return;
  }
  const Duration waited = std::chrono::steady_clock::now() - watched->since;
  loop_.after(pause_after(waited, took), [this, watched] { probe(watched); });
}

/// What the gate says now: drops the container from the watch where it is decided.
void GateKeeper::judge(const std::shared_ptr<Watched>& watched) {
  if (watched->gate.state() == Gate::State::waiting || !is_watched(watched)) return;
  const auto [begin, end] = watched_.equal_range(watched->container.id);
  watched_.erase(std::find_if(begin, end, [&](const auto& entry) { return entry.second == watched; }));
  if (watched->gate.state() == Gate::State::failed) return callbacks_.failed(watched->step, *watched);
  const auto activity = watched->gate.ended() ? event::Activity::exited : event::Activity::healthy;
  sink_.emit(event::Progress{subject_of(*watched), activity, event::Phase::done, ""});
  if (--closed_.at(watched->step) == 0) callbacks_.opened(watched->step, watched->note);
}

void GateKeeper::close() {
  watched_.clear();
  stop_.request_stop();
}

}  // namespace crstack::exec
