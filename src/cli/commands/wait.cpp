// SPDX-License-Identifier: MIT
#include <algorithm>
#include <optional>
#include <set>

#include "cli/commands/commands.hpp"
#include "cli/foreground/exit_watch.hpp"
#include "cli/run_plan.hpp"
#include "cli/signals.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"--down-project", Takes::flag, "", "Bring the project down when the first container stops", ""},
};

/// The given services' containers that run, by their IDs.
std::set<std::string> running(const std::vector<plan::ObservedContainer>& containers,
                              const std::vector<std::string>& services) {
  std::set<std::string> ids;
  for (const auto& one : containers)
    if (one.running() && std::find(services.begin(), services.end(), one.service) != services.end())
      ids.insert(one.id());
  return ids;
}

// Prints each container's exit code as it stops; returns the last one's, or the first one's where that is
// enough; nothing where it was stopped before.
std::optional<int> wait_for(Context& context, const std::string& project, std::set<std::string> left,
                            bool first_is_enough, const std::stop_token& stop) {
  int code = 0;
  const auto over = [&](const std::string& id, int exit_code) {
    code = exit_code;
    left.erase(id);
    write_out("container \"" + id + "\" exited with status code " + std::to_string(code) + "\n");
    if (first_is_enough) left.clear();
  };
  ExitWatch watch(context.engine(), project);
  watch.catch_up({left.begin(), left.end()});
  const auto waited_for = [&](const Exit& exit) { return left.contains(exit.id); };
  while (!left.empty()) {
    const auto exit = watch.first(waited_for, stop);
    if (stop.stop_requested()) return {};
    if (!exit) throw Error("the engine has ended its stream of events: is it still there?");
    over(exit->id, exit->code);
  }
  return code;
}

int run(Context& context, const Arguments& arguments) {
  const auto& services = arguments.positional();
  const auto situation = look(context, services, plan::ObserveOptions::Depth::resources);
  const auto containers = running(situation.state.containers, services);
  if (containers.empty()) throw Error("no containers for project \"" + situation.project->name + "\"");
  if (context.dry_run()) return 0;
  const bool down = arguments.flag("down-project");
  auto signals = std::make_optional<Signals>(SecondSignal::ends_program);
  const auto code = wait_for(context, situation.project->name, containers, down, signals->stop());
  if (!code) return signals->exit_code_below_ctrl_c();
  if (!down) return *code;
  signals.reset();
  const auto after = look(context, {}, plan::ObserveOptions::Depth::resources);
  const int failed = run_plan(context, plan::plan_down(*after.project, after.state, {}));
  return failed != 0 ? failed : *code;
}

}  // namespace

constinit const Command wait_command{
    .name = "wait",
    .aliases = "",
    .synopsis = "[OPTIONS] SERVICE [SERVICE...]",
    .summary = "Wait until services stop, and print their exit codes",
    .details = "",
    .options = options,
    .run = run,
    .count = {.least = 1, .refusal = ArgumentCount::Refusal::named},
    .effect = Effect::changes,
};

}  // namespace crstack::cli
