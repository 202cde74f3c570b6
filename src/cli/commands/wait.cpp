// SPDX-License-Identifier: MIT
#include <algorithm>
#include <mutex>
#include <thread>
#include "cli/commands/commands.hpp"
#include "cli/run_plan.hpp"

#include "cli/signals.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"--down-project", Takes::flag, "", "Bring the project down when the first container stops", ""},
};

// Prints each container's exit code as it stops; returns the last one's, or the first one's where that is
// enough.
int wait_for(Context& context, const std::vector<plan::ObservedContainer>& containers, bool first_is_enough) {
  const Signals signals(SecondSignal::ends_program);
  std::stop_source done;
  const std::stop_callback interrupted(signals.stop(), [&] { done.request_stop(); });
  std::mutex mutex;
  int code = 0;
  std::exception_ptr failure;
  {
    std::vector<std::jthread> waiters;
    for (const auto& container : containers) {
      waiters.emplace_back([&, id = container.id()] {
        try {
          const int exit_code = context.engine().wait_container(id, done.get_token());
          const std::lock_guard lock(mutex);
          if (done.stop_requested()) return;
          code = exit_code;
          write_out("container \"" + id + "\" exited with status code " + std::to_string(exit_code) + "\n");
          if (first_is_enough) done.request_stop();
        } catch (const Error&) {
          const std::lock_guard lock(mutex);
          if (!done.stop_requested()) failure = std::current_exception();
        }
      });
    }
  }
  if (signals.stop().stop_requested()) throw Cancelled("interrupted");
  if (failure) std::rethrow_exception(failure);
  return code;
}

int run(Context& context, const Arguments& arguments) {
  const auto& services = arguments.positional();
  const auto situation = look(context, services, plan::ObserveOptions::Depth::resources);
  auto containers = situation.state.containers;
  std::erase_if(containers, [&](const auto& one) {
    return !one.running() || std::find(services.begin(), services.end(), one.service) == services.end();
  });
  if (containers.empty()) throw Error("no containers for project \"" + situation.project.name + "\"");
  if (context.dry_run()) return 0;
  const bool down = arguments.flag("down-project");
  const int code = wait_for(context, containers, down);
  if (!down) return code;
  const auto after = look(context, {}, plan::ObserveOptions::Depth::resources);
  const int failed = run_plan(context, plan::plan_down(after.project, after.state, {}));
  return failed != 0 ? failed : code;
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
    .count = {1},
    .effect = Effect::changes,
};

}  // namespace crstack::cli
