// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <stop_token>
#include <string>

#include "crstack/base/environment.hpp"
#include "crstack/event/event.hpp"
#include "crstack/plan/plan.hpp"

namespace crstack::exec {

/// Runs the program of a provider service (Compose Specification, `provider`): `docker-TYPE` or TYPE from the
/// PATH as `PROGRAM compose --project-name P up|down --OPTION=VALUE SERVICE`. It answers in JSON lines
/// `{"type": "info|error|setenv|debug", "message": "…"}`. Gives the variables it set, each named
/// `SERVICE_NAME`. Throws Error where it is not found, says `error`, or ends with another code than 0.
std::map<std::string, std::string> run_provider(const plan::RunProvider& action,
                                                const Environment& environment, event::EventSink& sink,
                                                std::stop_token stop);

/// The program that stands for a provider's type; empty: there is none.
std::string find_provider(const std::string& type, const Environment& environment);

}  // namespace crstack::exec
