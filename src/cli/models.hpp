// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "cli/context.hpp"

namespace crstack::cli {

/// Makes the models that these services (none: all) and what they depend on use ready, through docker's
/// `model` plugin as docker compose does: pulls and configures them, and puts their address and name into the
/// services' environment (Compose Specification, "models"). Throws Error where there is no such plugin, or it
/// fails.
void provide_models(Context& context, Shared<project::Project>& project,
                    const std::vector<std::string>& services);

}  // namespace crstack::cli
