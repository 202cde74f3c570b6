// SPDX-License-Identifier: MIT
#include "cli/command_line/group.hpp"

#include "cli/command_line/help.hpp"
#include "cli/command_line/suggest.hpp"
#include "cli/context.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {

int show_group(const Command& group, const Context& context, const Arguments& arguments) {
  const auto& words = arguments.positional();
  if (!words.empty() && context.called_as() == CalledAs::crstack) {
    const auto written = std::string(group.name) + " " + words.front();
    throw UsageError("unknown command: " + written, suggest_command(written));
  }
  write_out(group_help(group));
  return 0;
}

}  // namespace crstack::cli
