// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "cli/command_line/option.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {

/// What to say to somebody who wrote an option that `where` (`crstack up`) does not have: the nearest one, or
/// that it is a global option, or where to look.
std::string suggest_option(Options options, std::string_view written, std::string_view where);

/// The same for a command that does not exist.
std::string suggest_command(std::string_view written);

/// The error for a command that does not exist, in docker's words where the program stands for its plugin.
UsageError unknown_command(const std::string& written);

}  // namespace crstack::cli
