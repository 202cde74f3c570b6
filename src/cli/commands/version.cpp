// SPDX-License-Identifier: MIT
// The plain forms are answered before this (`answer_at_once`); this row is for help, for `-f` in front and
// for what stands behind global options.
#include <cstdio>

#include "cli/command_line/version_text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/context.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"-f,--format", Takes::text, "string", "Output format (default \"pretty\")", "pretty json"},
    {"--short", Takes::flag, "", "Show only the version number", ""},
};

int run(Context& context, const Arguments& arguments) {
  const auto form = arguments.flag("short") ? std::string("short") : arguments.text_or("format", "pretty");
  write_out(version_line(context.called_as() != CalledAs::crstack, form));
  return 0;
}

}  // namespace

constinit const Command version_command{
    .name = "version",
    .aliases = "",
    .synopsis = "[OPTIONS]",
    .summary = "Show the version",
    .details = "",
    .options = options,
    .run = run,
    .count = {0, 0},
};

}  // namespace crstack::cli
