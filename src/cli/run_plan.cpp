// SPDX-License-Identifier: MIT
#include "cli/run_plan.hpp"

#include <unistd.h>

#include <algorithm>
#include <set>

#include "cli/signals.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"
#include "crstack/exec/timings.hpp"
#include "crstack/plan/image_reference.hpp"
#include "exec/report.hpp"

namespace crstack::cli {
namespace {

bool exists(const plan::ObservedState& state, const std::string& service) {
  return std::any_of(state.containers.begin(), state.containers.end(),
                     [&](const auto& container) { return container.service == service; });
}

// What docker compose says of a build that isn't made: the image's made-up ID, and its name.
void show_build(event::EventSink& sink, const event::Subject& subject, const plan::BuildImage& build) {
  const auto says = [&](const char* begin, const std::string& what) {
    sink.emit(event::Transfer{subject, subject.name + begin, what, 0, 0});
  };
  says(" ==>", "==> writing image dryRun-" + sha256_hex(build.service).substr(0, 40));
  says(" ==> ==>", "naming to " + build.image);
}

void show_wait(event::EventSink& sink, const plan::WaitForCondition& gate) {
  const auto met = gate.condition == plan::WaitFor::completed_successfully ? event::Activity::exited
                                                                           : event::Activity::healthy;
  for (const auto& container : gate.containers) {
    const event::Subject subject{event::ResourceKind::container, container.name, container.service};
    sink.emit(event::Progress{subject, event::Activity::waiting, event::Phase::working, ""});
    sink.emit(event::Progress{subject, met, event::Phase::done, ""});
  }
}

void tell(event::EventSink& sink, const plan::Step& step, std::optional<event::Activity> activity,
          event::Phase phase) {
  if (activity) sink.emit(event::Progress{step.display->subject, *activity, phase, step.cause});
}

void show(event::EventSink& sink, const plan::Step& step) {
  if (const auto* gate = std::get_if<plan::WaitForCondition>(&step.action)) show_wait(sink, *gate);
  if (!step.display) return;
  tell(sink, step, step.display->before, event::Phase::working);
  if (const auto* build = std::get_if<plan::BuildImage>(&step.action);
      build != nullptr && step.display->after)
    show_build(sink, step.display->subject, *build);
  tell(sink, step, step.display->after, event::Phase::done);
}

/// With buildx, a build is shown by its image's name.
plan::Plan shown_by_image(plan::Plan plan) {
  for (auto& step : plan.steps)
    if (const auto* build = std::get_if<plan::BuildImage>(&step.action); build != nullptr && step.display)
      step.display->subject.name = build->image;
  return plan;
}

/// Leaves out how many bytes have come so far.
class WithoutTransfers final : public event::EventSink {
 public:
  explicit WithoutTransfers(event::EventSink& inner) : inner_(inner) {}
  void emit(const event::Event& event) override {
    if (!std::holds_alternative<event::Transfer>(event)) inner_.emit(event);
  }

 private:
  event::EventSink& inner_;
};

/// Whether the registry has what would be pulled. Tells where not.
bool can_be_pulled(Context& context, event::EventSink& sink, const plan::Step& step,
                   const plan::PullImage& pull) {
  try {
    context.engine().image_digest(plan::full_reference(pull.image));
    return true;
  } catch (const Error& error) {
    tell(sink, step, step.display->before, event::Phase::working);
    sink.emit(exec::pull_failure(step.display->subject, pull, error.what()));
    if (pull.on_failure == plan::PullImage::OnFailure::fail)
      sink.emit(exec::report_of(context.engine(), step, "", error));
    return false;
  }
}

exec::RunResult pretend(Context& context, event::EventSink& sink, const plan::Plan& plan) {
  exec::RunResult result;
  const bool pulls = std::any_of(plan.steps.begin(), plan.steps.end(), [](const auto& step) {
    return std::holds_alternative<plan::PullImage>(step.action);
  });
  const bool can_ask = pulls && !context.engine().version().podman;
  std::set<std::string> pulled;
  for (const auto& step : plan.steps) {
    if (const auto* build = std::get_if<plan::BuildImage>(&step.action);
        build != nullptr && build->when == plan::BuildImage::When::absent && pulled.contains(build->image))
      continue;
    const auto* pull = std::get_if<plan::PullImage>(&step.action);
    const bool fails = can_ask && pull != nullptr && !can_be_pulled(context, sink, step, *pull);
    if (pull != nullptr && !fails) pulled.insert(pull->image);
    if (!fails) show(sink, step);
    if (!fails || pull->on_failure != plan::PullImage::OnFailure::fail) continue;
    result.outcome = exec::RunResult::Outcome::failed;
    break;
  }
  context.finish_events();
  write_out(plan::to_string(plan));
  return result;
}

exec::ExecutorOptions executor_options(Context& context, const RunOptions& options,
                                       const exec::StepWeights& weights) {
  exec::ExecutorOptions result;
  result.parallel = context.parallel_limit();
  result.wait_timeout = options.wait_timeout;
  result.weights = weights;
  result.builder = options.builder;
  result.on_failure = options.on_failure;
  result.hooks = options.hooks;
  result.environment = context.environment();
  result.prepared = [&options] {
    if (options.lock) options.lock->release();
    if (options.prepared) options.prepared();
  };
  return result;
}

}  // namespace

Situation look(Context& context, const std::vector<std::string>& services,
               plan::ObserveOptions::Depth depth) {
  const auto scope = context.scope(services);
  Situation situation;
  situation.has_manifest = scope.project != nullptr;
  if (situation.has_manifest) {
    situation.project = context.load(services).project;
    situation.state = plan::observe(context.engine(), *scope.project, {depth}, context.clock());
  } else {
    situation.state = plan::observe(context.engine(), scope.name, {depth}, context.clock());
    situation.project = plan::project_from_labels(situation.state);
  }
  return situation;
}

Situation hold_and_look(Context& context, const std::vector<std::string>& services,
                        plan::ObserveOptions::Depth depth) {
  std::shared_ptr<exec::ProjectLock> lock;
  if (!context.dry_run()) {
    const auto name = context.scope(services).name;
    lock = std::make_shared<exec::ProjectLock>(name, context.engine_address(), context.environment(), [&] {
      context.events().emit(
          event::Warning{"another crstack is changing " + name + "; waiting for it to end"});
    });
  }
  auto situation = look(context, services, depth);
  situation.lock = std::move(lock);
  return situation;
}

void require_services(const Situation& situation, const std::vector<std::string>& services) {
  for (const auto& service : services) {
    const auto& project = *situation.project;
    const bool known = project.services.contains(service) || project.disabled_services.contains(service);
    if (!known && !exists(situation.state, service)) throw Error("no such service: " + service);
  }
}

std::optional<std::vector<std::string>> services_there(const Situation& situation,
                                                       const std::vector<std::string>& services) {
  if (situation.has_manifest) {
    require_services(situation, services);
    return services;
  }
  std::vector<std::string> there;
  for (const auto& service : services)
    if (situation.project->services.contains(service)) there.push_back(service);
  if (there.empty() && !services.empty()) return std::nullopt;
  return there;
}

std::vector<plan::BuildImage> builds_of(const plan::Plan& plan) {
  std::vector<plan::BuildImage> builds;
  for (const auto& step : plan.steps)
    if (const auto* build = std::get_if<plan::BuildImage>(&step.action)) builds.push_back(*build);
  return builds;
}

exec::RunResult carry_out(Context& context, const plan::Plan& wanted, const RunOptions& options) {
  const auto builds = builds_of(wanted);
  if (!builds.empty() && options.builder != nullptr) options.builder->expect(builds);
  const bool by_image = !builds.empty() && !context.dry_run() && options.builder != nullptr &&
                        options.builder->shows() == exec::ImageBuilder::Shows::image;
  const auto by_their_images = by_image ? std::optional(shown_by_image(wanted)) : std::nullopt;
  const auto& plan = by_image ? *by_their_images : wanted;
  auto& sink = options.sink != nullptr ? *options.sink : context.events();
  for (const auto& warning : plan.warnings) sink.emit(event::Warning{warning});
  for (const auto& progress : plan.unchanged) sink.emit(progress);
  if (context.dry_run()) return pretend(context, sink, plan);
  if (plan.empty()) {
    if (options.lock) options.lock->release();
    return {};
  }
  const auto timings = exec::timings_path(plan.project, context.environment());
  const auto weights = exec::load_timings(timings).weights;
  WithoutTransfers quiet(sink);
  event::EventSink& shown =
      options.transfers == RunOptions::Transfers::hide ? static_cast<event::EventSink&>(quiet) : sink;
  exec::Executor executor(context.engine(), shown, context.clock(),
                          executor_options(context, options, weights));
  auto result = executor.run(plan, options.stop);
  if (options.timeline) options.timeline->add(result);
  if (options.record == RunOptions::Record::keep)
    exec::save_timings(timings, options.timeline ? options.timeline->steps() : result.timeline, weights);
  if (options.lock) options.lock->release();
  if (options.timeline) options.timeline->write();
  return result;
}

std::optional<exec::RunResult> refresh_images(Context& context, Situation& situation,
                                              plan::UpOptions& options, const RunOptions& run_options) {
  const auto plan = plan::plan_refresh(*situation.project, situation.state, options);
  if (plan.empty() || context.dry_run()) return std::nullopt;
  auto refresh_options = run_options;
  refresh_options.lock.reset();
  auto result = carry_out(context, plan, refresh_options);
  situation.state = plan::observe(context.engine(), *situation.project,
                                  {plan::ObserveOptions::Depth::everything}, context.clock());
  options.images = plan::UpOptions::Images::settled;
  return result;
}

int run_plan(Context& context, const plan::Plan& plan, RunOptions options) {
  const Signals signals(SecondSignal::ends_program);
  options.stop = signals.stop();
  const auto result = carry_out(context, plan, options);
  if (result.outcome == exec::RunResult::Outcome::interrupted) return signals.exit_code();
  return static_cast<int>(result.ok() ? ExitCode::ok : ExitCode::failure);
}

void ask_about_changes(Context& context, const Situation& situation, std::optional<Answer> given,
                       plan::UpOptions& options) {
  const auto agreed = [&](const std::string& resource, const std::string& cost) {
    const auto question =
        resource + " exists but doesn't match configuration in compose file. " + "Recreate (" + cost + ")?";
    return (given ? *given : confirm(question)) == Answer::yes;
  };
  if (context.dry_run() && !given) return;
  const auto changed = plan::changed_resources(*situation.project, situation.state, options);
  for (const auto& volume : changed.volumes)
    if (agreed("Volume \"" + volume + "\"", "data will be lost")) options.renewable_volumes.insert(volume);
  if (::isatty(STDIN_FILENO) == 0) return;  // scripts know no question about networks
  for (const auto& network : changed.networks)
    if (!agreed("Network \"" + network + "\"", "its containers will be restarted"))
      options.kept_networks.insert(network);
}

std::optional<Answer> answer_of(const Arguments& arguments) {
  return arguments.flag("yes") ? std::optional(Answer::yes) : std::nullopt;
}

std::optional<int> timeout_of(const Arguments& arguments) {
  return arguments.number("timeout");
}

plan::Orphans orphans_of(const Context& context, const Arguments& arguments, RemovedBy removed_by) {
  const bool by_variable =
      removed_by == RemovedBy::option_or_variable && context.switched_on("COMPOSE_REMOVE_ORPHANS");
  const bool remove = arguments.flag_or("remove-orphans", by_variable);
  const bool ignore = context.switched_on("COMPOSE_IGNORE_ORPHANS");
  if (remove && ignore)
    throw UsageError("cannot combine COMPOSE_IGNORE_ORPHANS and --remove-orphans", "Unset one of the two.");
  if (remove) return plan::Orphans::remove;
  return ignore ? plan::Orphans::ignore : plan::Orphans::warn;
}

}  // namespace crstack::cli
