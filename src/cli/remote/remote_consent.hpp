// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "cli/context.hpp"

namespace crstack::cli {

/// Whether `--yes` has answered the question already.
enum class Consent { given, to_be_asked };

/// For what starts a stack whose first manifest was fetched: says where it lies now, and asks whether the
/// variables that it uses are to be handed to it. Throws Error unless the answer is yes. Does nothing for
/// manifests of this machine.
void agree_to_remote_stack(Context& context, const std::vector<std::string>& services, Consent consent);

}  // namespace crstack::cli
