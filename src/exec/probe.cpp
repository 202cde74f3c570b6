// SPDX-License-Identifier: MIT
#include "probe.hpp"

#include <algorithm>

namespace crstack::exec {

namespace {

using namespace std::chrono_literals;

constexpr int default_retries = 3;  ///< the engine's own
constexpr Duration shortest_pause = 50ms, longest_pause = 1s;

}  // namespace

bool can_probe(const engine::ContainerDetails& details) {
  if (!details.health_spec || details.health_spec->test.size() < 2) return false;
  return details.health_spec->test[0] != "NONE";
}

engine::ExecSpec probe_spec(const engine::ContainerDetails& details) {
  engine::ExecSpec spec;
  const auto& test = details.health_spec->test;
  if (test[0] == "CMD-SHELL") {
    spec.command = {"/bin/sh", "-c"};
  }
  spec.command.insert(spec.command.end(), test.begin() + 1, test.end());
  spec.user = details.user;
  spec.working_dir = details.working_dir;
  return spec;
}

/// An exec costs the engine about 90 ms of CPU and competes with starts, so probes never take more than half
/// of the time, and the wait grows by an eighth at most: a service that has taken eight seconds to become
/// ready is noticed within one more. Measured on two cores with ten services that become ready after half a
/// second (engine 20.10, taking turns, medians of five): a rest of half, once or twice the probe's time
/// gave 6.3, 6.3 to 6.7 and 7.0 s, at least half a second 6.7 s.
Duration pause_after(Duration waited, Duration probe) {
  return std::clamp(std::max(waited / 8, probe), shortest_pause, longest_pause);
}

Duration until_engine_probe(const engine::ContainerDetails& details, engine::WallTime now) {
  const auto& spec = *details.health_spec;
  const bool starting = spec.start_period && now - details.started_at < *spec.start_period;
  Duration interval = spec.interval.value_or(default_probe_interval);
  if (starting && spec.start_interval && *spec.start_interval > 0ns) interval = *spec.start_interval;
  if (interval <= 0ns) interval = default_probe_interval;
  const auto before = details.probes.empty() ? details.started_at : details.probes.back().end;
  const Duration since = std::max<Duration>(0ns, now - before);
  return interval - since % interval;
}

bool engine_is_silent(const engine::HealthSpec& spec, Duration unheard, Duration probe) {
  const auto interval = spec.interval.value_or(Duration{}) > 0ns ? *spec.interval : default_probe_interval;
  const int retries = spec.retries.value_or(0) > 0 ? *spec.retries : default_retries;
  const Duration next =
      interval + spec.timeout.value_or(default_probe_timeout);  // the latest end of its next probe
  const Duration verdict = std::max<Duration>((retries + 1) * (interval + probe), next + 1s);
  return unheard > spec.start_period.value_or(Duration{}) + verdict;
}

}  // namespace crstack::exec
