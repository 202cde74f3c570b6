// SPDX-License-Identifier: MIT
#include "cli/watch/watcher.hpp"

#include <optional>

#include "cli/commands/commands.hpp"
#include "cli/signals.hpp"
#include "cli/watch/watch_lock.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"--no-up", Takes::flag, "", "Do not build and start the services first", ""},
    {"--prune", Takes::flag, "", "Remove the images that rebuilds replace (default true)", ""},
    {"--quiet", Takes::flag, "", "Show no output of builds", ""},
};

exec::RunResult bring_up(Context& context, const WatchOptions& watch, std::stop_token stop) {
  auto situation = hold_and_look(context, watch.services, plan::ObserveOptions::Depth::everything);
  for (auto& [name, service] : situation.project.edit().services)
    if (service.build && !service.watch.empty()) service.pull_policy = "build";
  plan::UpOptions up;
  up.services = watch.services;
  up.recreate_dependencies = plan::Recreate::never;
  RunOptions run_options;
  run_options.stop = std::move(stop);
  return watch_up(context, situation, up, watch, run_options);
}

int run(Context& context, const Arguments& arguments) {
  WatchOptions watch;
  watch.services = arguments.positional();
  if (!arguments.flag_or("prune", true)) watch.prune = WatchOptions::Prune::no;
  if (arguments.flag("quiet")) watch.build_output = WatchOptions::BuildOutput::hide;
  context.require_distinct_container_names();
  const auto& project = context.project(watch.services);
  for (const auto& service : watch.services)
    if (!project.services.contains(service)) throw Error("no such service: " + service);
  std::optional<WatchLock> lock;
  if (!context.dry_run()) lock.emplace(project.name, context.environment());
  const Signals signals(SecondSignal::ends_program);
  Watcher watcher(context, project, watch, [](const std::string& line) { write_out(line + "\n"); });
  if (!arguments.flag("no-up")) {
    const auto result = bring_up(context, watch, signals.stop());
    if (result.outcome == exec::RunResult::Outcome::interrupted) return signals.exit_code();
    if (!result.ok()) return static_cast<int>(ExitCode::failure);
  }
  context.finish_events();
  watcher.run(signals.stop());
  return signals.exit_code_below_ctrl_c();
}

}  // namespace

constinit const Command watch_command{
    .name = "watch",
    .aliases = "",
    .synopsis = "[SERVICE...]",
    .summary = "Sync, rebuild and restart services when files change",
    .details = "Follows the rules in the services' develop.watch.",
    .options = options,
    .run = run,
    .effect = Effect::changes,
};

}  // namespace crstack::cli
