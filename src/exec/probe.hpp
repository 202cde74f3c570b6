// SPDX-License-Identifier: MIT
#pragma once

#include "crstack/engine/spec.hpp"
#include "crstack/engine/types.hpp"

namespace crstack::exec {

/// The engine's own.
constexpr Duration default_probe_timeout = std::chrono::seconds(30),
                   default_probe_interval = std::chrono::seconds(30);

/// Whether there is a health command to run: `NONE`, and a check without a command, have none.
bool can_probe(const engine::ContainerDetails& details);

/// The engine's health command as an exec: same command (of the service or the image), user, working
/// directory; an exec has the container's environment by itself. Only where `can_probe`.
engine::ExecSpec probe_spec(const engine::ContainerDetails& details);

/// How long to rest after a probe that failed and took `probe`, when `waited` has passed since the wait
/// began.
Duration pause_after(Duration waited, Duration probe);

/// How long the engine will leave the container alone before it probes next.
Duration until_engine_probe(const engine::ContainerDetails& details, engine::WallTime now);

/// Whether an engine that has told of no probe for `unheard` doesn't probe at all: by now it would have
/// called a container unhealthy whose probes fail. `probe`: how long one takes. By this machine's clock: the
/// engine's may be another.
bool engine_is_silent(const engine::HealthSpec& spec, Duration unheard, Duration probe);

}  // namespace crstack::exec
