// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "cli/command_line/arguments.hpp"
#include "cli/context.hpp"
#include "crstack/plan/plan.hpp"
#include "crstack/project/service.hpp"

/// The container of `run`: a service's, changed by flags, under a name of its own.
namespace crstack::cli {

/// The service as the flags of `run` want it. Throws UsageError for a flag that can't be read.
project::Service one_off_service(const Context& context, const Arguments& arguments, project::Service service,
                                 const std::string& name);

/// Turns the plan of an `up` that creates the service's container into one that leaves it created, labelled
/// as a one-off with this slug. Aliases that belong to the service are taken away unless they are wanted.
enum class UseAliases { no, yes };
plan::Plan one_off_plan(plan::Plan plan, const std::string& service, const std::string& slug,
                        UseAliases aliases);

}  // namespace crstack::cli
