// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "cli/context.hpp"

namespace crstack::cli {

/// What is still to be asked: nothing where `--yes` has answered.
enum class Consent { given, to_variables, to_includes_and_variables };

/// For what starts a stack whose first manifest was fetched: says where it lies now, and asks whether what
/// it fetches in turn is trusted, and whether the variables that it uses are to be handed to it. Throws
/// Error unless the answers are yes. Does nothing for manifests of this machine.
void agree_to_remote_stack(Context& context, const std::vector<std::string>& services, Consent consent);

}  // namespace crstack::cli
