// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "crstack/base/environment.hpp"
#include "diagnostics.hpp"
#include "stages.hpp"

namespace crstack::manifest {

/// Gives the bare names in services' `environment` lists their values, where the environment has them.
void resolve_bare_names(Node& tree, const Environment& environment);

/// Makes each service's `environment` a map, reads its `env_file`s into it (what stands in `environment`
/// wins, whatever stands last in the files) and takes the key away; the same for `label_file` and `labels`.
/// Names without a value take it from the project's environment, or stay without. LoadOptions may say to
/// leave the files alone.
void inline_env_files(Node& services, const Context& context, Sources& sources, Diagnostics& diagnostics);

}  // namespace crstack::manifest
