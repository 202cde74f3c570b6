// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "cli/context.hpp"
#include "crstack/plan/planners.hpp"
#include "crstack/ui/log_writer.hpp"

namespace crstack::cli {

/// The services whose logs `up` in the foreground shows, sorted. Throws Error for one that is not brought up.
std::vector<std::string> attached_services(const Arguments& arguments, const project::Project& project,
                                           const plan::UpOptions& options);

/// How it shows them.
ui::LogStyle log_style(Context& context, const Arguments& arguments);

}  // namespace crstack::cli
