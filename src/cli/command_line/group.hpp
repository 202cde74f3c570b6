// SPDX-License-Identifier: MIT
#pragma once

#include "cli/command_line/command.hpp"

namespace crstack::cli {

/// What a group of commands (`alpha`) does by itself: it shows what there is. Throws UsageError for words
/// that name none of its commands, unless called as docker compose, which shows what there is then, too.
int show_group(const Command& group, const Context& context, const Arguments& arguments);

}  // namespace crstack::cli
