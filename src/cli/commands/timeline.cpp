// SPDX-License-Identifier: MIT
#include "crstack/ui/timeline.hpp"
#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/screen.hpp"
#include "cli/timeline_of.hpp"
#include "crstack/base/error.hpp"
#include "crstack/exec/timings.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"-o,--output", Takes::text, "file", "Write it to a file instead: .svg, .json (a trace), else HTML", ""},
};

int run(Context& context, const Arguments& arguments) {
  const std::string name = context.scope().name;
  const auto steps = exec::load_timings(exec::timings_path(name, context.environment())).timeline;
  if (steps.empty())
    throw Error("no run of project \"" + name + "\" is on record",
                "Every run that changes something leaves one.");
  const event::Timeline timeline = timeline_of(name + ": the last run", steps);
  if (const auto file = arguments.text("output")) {
    write_timeline(*file, timeline);
    return 0;
  }
  const ui::Terminal& terminal = context.screen().data_terminal;
  const auto columns = static_cast<std::size_t>(terminal.size().columns);
  write_out(ui::timeline_text(timeline, columns, terminal.colours()));
  return 0;
}

}  // namespace

constinit const Command timeline_command{
    .name = "timeline",
    .aliases = "",
    .synopsis = "[OPTIONS]",
    .summary = "Show what the last run spent its time on",
    .details =
        "Bars of what was pulled, created, started and waited for; * marks the steps that decided how long "
        "it took.",
    .options = options,
    .run = run,
    .count = {0, 0},
};

}  // namespace crstack::cli
