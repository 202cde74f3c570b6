// SPDX-License-Identifier: MIT
#include "cli/group.hpp"

#include "cli/context.hpp"
#include "cli/help.hpp"
#include "cli/suggest.hpp"
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
