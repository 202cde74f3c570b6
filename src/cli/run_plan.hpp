// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/context.hpp"
#include "cli/prompt.hpp"
#include "cli/timeline_file.hpp"
#include "crstack/exec/executor.hpp"
#include "crstack/exec/project_lock.hpp"
#include "crstack/plan/observed_state.hpp"
#include "crstack/plan/planners.hpp"

namespace crstack::cli {

/// What should be and what is: the start of every command that changes something.
struct Situation {
  Shared<project::Project> project;  ///< from the manifest, else from the labels of what exists
  plan::ObservedState state;
  bool has_manifest = false;
  std::shared_ptr<exec::ProjectLock> lock;  ///< of hold_and_look; lets go when the last copy of this ends
};

/// Loads the manifest where there is one, and looks at the engine.
Situation look(Context& context, const std::vector<std::string>& services, plan::ObserveOptions::Depth depth);

/// The same for commands that must not run twice at once for a project: waits until no other crstack changes
/// it. `RunOptions::lock` ends that earlier.
Situation hold_and_look(Context& context, const std::vector<std::string>& services,
                        plan::ObserveOptions::Depth depth);

/// Throws Error (`no such service: x`) unless the project, or what exists of it, has each of the services.
void require_services(const Situation& situation, const std::vector<std::string>& services);

/// For what stops and removes: require_services where there is a manifest. Without one nothing says which
/// services there should be, and those that have no container are as they shall be: gives the others, or
/// nothing where none of the named is left (an empty list is that of no names: all services).
std::optional<std::vector<std::string>> services_there(const Situation& situation,
                                                       const std::vector<std::string>& services);

struct RunOptions {
  std::stop_token stop;
  std::optional<Duration> wait_timeout;
  exec::ImageBuilder* builder = nullptr;
  exec::ExecutorOptions::OnFailure on_failure = exec::ExecutorOptions::OnFailure::stop;
  exec::ExecutorOptions::Hooks hooks = exec::ExecutorOptions::Hooks::unseen;
  event::EventSink* sink = nullptr;  ///< not owned; null: the context's
  /// Let go of once only starts, hooks and waits are left: nothing that another run could make twice, and a
  /// wait may be long. May be null.
  std::shared_ptr<exec::ProjectLock> lock{};
  std::shared_ptr<TimelineFile> timeline{};                         ///< is told how it went; may be null
  enum class Transfers { show, hide } transfers = Transfers::show;  ///< `--quiet-pull`
  /// Whether `crstack timeline` shows it: the end of an `up` in the foreground is not what its user asks
  /// about.
  enum class Record { keep, skip } record = Record::keep;
  std::function<void()> prepared{};  ///< see ExecutorOptions
};

/// For commands whose steps serve nothing else (`down`, `stop`, `pull`): one that fails keeps no other from
/// being done.
inline RunOptions carry_on() {
  RunOptions options;
  options.on_failure = exec::ExecutorOptions::OnFailure::carry_on;
  return options;
}

/// The builds among the plan's steps.
std::vector<plan::BuildImage> builds_of(const plan::Plan& plan);

/// Carries the plan out, or with `--dry-run` only prints it (the plan's text on standard output, what
/// progress would say on standard error) without a single changing call.
exec::RunResult carry_out(Context& context, const plan::Plan& plan, const RunOptions& options);

/// For commands that do no more than that: with Ctrl-C ending the run, and the exit code.
int run_plan(Context& context, const plan::Plan& plan, RunOptions options = {});

/// What must come before plan_up can decide about existing containers: pulls and builds of their images.
/// Carries that out and looks again; says in `options` that it is done. Nothing where nothing has to be.
std::optional<exec::RunResult> refresh_images(Context& context, Situation& situation,
                                              plan::UpOptions& options, const RunOptions& run_options);

/// Asks, unless the answer was given beforehand (`--yes`), whether volumes and networks whose configuration
/// has changed may be made anew, and notes the answers in `options`. Without a terminal networks may, as with
/// docker compose: what they interrupt starts again.
void ask_about_changes(Context& context, const Situation& situation, std::optional<Answer> given,
                       plan::UpOptions& options);

/// The answer that `--yes` gives beforehand.
std::optional<Answer> answer_of(const Arguments& arguments);

/// `--timeout` in seconds; unset where it was not given.
std::optional<int> timeout_of(const Arguments& arguments);

/// Only `up` and `down` remove orphans for COMPOSE_REMOVE_ORPHANS' sake.
enum class RemovedBy { option, option_or_variable };
/// `--remove-orphans`, COMPOSE_REMOVE_ORPHANS, COMPOSE_IGNORE_ORPHANS.
plan::Orphans orphans_of(const Context& context, const Arguments& arguments,
                         RemovedBy removed_by = RemovedBy::option_or_variable);

}  // namespace crstack::cli
