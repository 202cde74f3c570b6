// SPDX-License-Identifier: MIT
#include "cli/attached_up.hpp"

#include <algorithm>
#include <future>
#include <set>
#include <thread>

#include "cli/attached_sink.hpp"
#include "cli/exit_watch.hpp"
#include "cli/log_stream.hpp"
#include "cli/screen.hpp"
#include "cli/signals.hpp"
#include "cli/watch/watcher.hpp"
#include "crstack/base/error.hpp"
#include "crstack/graph/dependency_graph.hpp"

namespace crstack::cli {
namespace {

using Names = std::set<std::string>;

/// How long the logs may take to end once everything has stopped.
constexpr auto last_words = std::chrono::seconds(3);

// The services that are brought up: the named ones and, unless --no-deps, what they depend on.
Names started_services(const project::Project& project, const plan::UpOptions& options) {
  Names services(options.services.begin(), options.services.end());
  if (services.empty())
    for (const auto& [name, service] : project.services) services.insert(name);
  const bool alone = options.dependencies == plan::Dependencies::leave;
  return alone ? services : graph::DependencyGraph(project).with_dependencies(services);
}

// The services whose logs are shown.
std::vector<std::string> attached_services(const Arguments& arguments, const project::Project& project,
                                           const plan::UpOptions& options) {
  auto names = started_services(project, options);
  const auto chosen = arguments.list("attach");
  for (const auto& name : chosen)
    if (!names.contains(name)) throw Error("cannot attach to services not included in up: " + name);
  if (!chosen.empty()) {
    names = Names(chosen.begin(), chosen.end());
  } else if (!options.services.empty() && !arguments.flag("attach-dependencies")) {
    names = Names(options.services.begin(), options.services.end());
  }
  const auto left_out = arguments.list("no-attach");
  std::erase_if(names, [&](const std::string& name) {
    const auto found = project.services.find(name);
    const bool wanted = found != project.services.end() && (found->second.attach || !chosen.empty());
    return !wanted || std::find(left_out.begin(), left_out.end(), name) != left_out.end();
  });
  return {names.begin(), names.end()};
}

ui::LogStyle log_style(Context& context, const Arguments& arguments) {
  ui::LogStyle style;
  if (arguments.flag("no-log-prefix")) style.prefix = ui::Prefix::hide;
  if (arguments.flag("timestamps")) style.timestamps = ui::Timestamps::show;
  if (!arguments.flag("no-color")) style.colours = context.screen().data_terminal.colours();
  if (arguments.flag("watch"))
    style.least_width = 6;  // as if somebody of docker compose's name `#watch` spoke
  return style;
}

std::string unix_time(engine::WallTime time) {
  const auto nanoseconds =
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
  return std::to_string(nanoseconds / 1000000000) + "." +
         std::to_string(1000000000 + nanoseconds % 1000000000).substr(1);
}

/// IDs of the containers that a plan starts.
Names started_containers(const plan::Plan& plan, const std::vector<std::string>& services) {
  Names ids;
  for (const auto& step : plan.steps) {
    const auto* start = std::get_if<plan::StartContainer>(&step.action);
    const auto wanted = [&](const std::string& service) {
      return services.empty() || std::find(services.begin(), services.end(), service) != services.end();
    };
    if (start != nullptr && wanted(start->container.service)) ids.insert(start->container.id);
  }
  return ids;
}

class AttachedUp {
 public:
  AttachedUp(Context& context, const Arguments& arguments, Situation& situation,
             const plan::UpOptions& options)
      : context_(context),
        arguments_(arguments),
        project_(*situation.project),
        state_(situation.state),
        options_(options),
        attached_(attached_services(arguments, *situation.project, options)),
        signals_(SecondSignal::is_told),
        watch_(context.engine(), situation.project->name),
        writer_(context.screen().data, context.screen().errors, log_style(context, arguments)),
        since_(unix_time(context.clock().system_now())) {
    if (arguments.flag("watch")) watch_files();
  }

  int run(RunOptions run_options) {
    const auto created = create(run_options);
    context_.finish_events();
    if (created.outcome == exec::RunResult::Outcome::interrupted) return end_by_signal();
    if (!created.ok()) return static_cast<int>(ExitCode::failure);
    state_ = plan::observe(context_.engine(), project_, {plan::ObserveOptions::Depth::everything},
                           context_.clock());
    start(run_options);
    return code_;
  }

 private:
  using Outcome = exec::RunResult::Outcome;

  /// All but the starts, whose logs would get between the lines of progress.
  exec::RunResult create(RunOptions run_options) {
    auto options = options_;
    options.start = plan::Start::no;
    AttachedSink sink(context_.events(), writer_, project_.name, AttachedSink::Stage::creation);
    run_options.sink = &sink;
    run_options.stop = signals_.stop();
    run_options.lock.reset();  // held until everything has started
    return carry_out(context_, plan::plan_up(project_, state_, options), run_options);
  }

  [[nodiscard]] plan::Plan plan_starts() const {
    auto options = options_;
    options.recreate = options.recreate_dependencies = plan::Recreate::never;
    options.orphans = plan::Orphans::ignore;
    options.images = plan::UpOptions::Images::settled;
    auto project = project_;  // providers have run: what they gave is in the containers
    const auto provided = [](const auto& one) { return one.second.provider.has_value(); };
    std::erase_if(project.services, provided);
    for (auto& [name, service] : project.services)
      std::erase_if(service.depends_on,
                    [&](const auto& one) { return !project.services.contains(one.first); });
    std::erase_if(options.services, [&](const auto& name) { return !project.services.contains(name); });
    if (options.services.empty() && !options_.services.empty()) return {};
    auto plan = plan::plan_up(project, state_, options);
    plan.warnings.clear();
    plan.unchanged.clear();
    return plan;
  }

  /// Starts everything and follows the logs from the first start on, until one of the ends that are asked
  /// for.
  void start(RunOptions run_options) {
    const auto plan = plan_starts();
    auto request = log_request(plan);
    std::stop_source attached;
    request.attached = [&] { attached.request_stop(); };
    writer_.attaching(container_names(request.services));
    writer_.flush();
    std::stop_source over, cut_short;
    const std::stop_callback interrupted(signals_.stop(), [&] {
      over.request_stop();
      cut_short.request_stop();
    });
    std::promise<void> through;
    std::jthread logs([&] {
      stream(request);
      attached.request_stop();  // where it failed before
      over.request_stop();
      through.set_value();
    });
    if (!request.unreadable.empty()) wait_for(attached.get_token());
    std::optional<Exit> exit;
    std::jthread abort([&] {
      exit = deciding_exit(request.decisive, over.get_token());
      if (exit) cut_short.request_stop();
      if (exit) over.request_stop();
    });
    AttachedSink sink(context_.events(), writer_, project_.name, AttachedSink::Stage::start);
    run_options.sink = &sink;
    run_options.stop = cut_short.get_token();
    const auto result = carry_out(context_, plan, run_options);
    if (result.ok()) wait_or_watch(over.get_token());
    over.request_stop();
    abort.join();
    if (!exit && result.ok() && !signals_.stop().stop_requested()) exit = exit_by_now(request.decisive);
    if (signals_.stop().stop_requested()) {
      code_ = end_by_signal();
    } else if (exit) {
      abort_because(*exit);
    } else if (!result.ok()) {
      code_ = static_cast<int>(ExitCode::failure);
      logs_stop_.request_stop();
    }
    if (through.get_future().wait_for(last_words) != std::future_status::ready) logs_stop_.request_stop();
    logs.join();
    // an engine that is gone has not ended the stack, and nobody sees it any more
    if (lost_ && result.ok() && !signals_.stop().stop_requested()) std::rethrow_exception(lost_);
    if (const auto service = arguments_.text("exit-code-from")) code_ = code_of(*service).value_or(code_);
  }

  // Changes count from now on; they are dealt with once the stack is up.
  void watch_files() {
    watcher_.emplace(context_, project_, WatchOptions{options_.services}, [this](const std::string& line) {
      writer_.remark(line);
      writer_.flush();
    });
  }

  void wait_or_watch(const std::stop_token& over) {
    if (watcher_) return watcher_->run(over);
    wait_for(over);
  }

  [[nodiscard]] bool aborts() const {
    return arguments_.flag("abort-on-container-failure") || arguments_.flag("abort-on-container-exit") ||
           arguments_.given("exit-code-from");
  }

  /// The exit that ends everything, where one is asked for: of a service that is shown or named. One that
  /// others waited for does so only by failing, but is the one whose code counts.
  std::optional<Exit> deciding_exit(const std::vector<std::string>& decisive, const std::stop_token& stop) {
    if (!aborts()) return std::nullopt;
    const bool failures = arguments_.flag("abort-on-container-failure");
    const auto counts = [&](const Exit& exit) {
      return std::find(decisive.begin(), decisive.end(), exit.service) != decisive.end() &&
             !(failures && exit.code == 0);
    };
    const auto ends = [&](const Exit& exit) {
      return counts(exit) && !(exit.code == 0 && is_awaited_to_end(exit.service));
    };
    auto exit = watch_.first(ends, stop);
    if (exit) exit->code = watch_.first(counts, stop)->code;
    return exit;
  }

  // The logs may end before the event that ended them is here.
  std::optional<Exit> exit_by_now(const std::vector<std::string>& decisive) {
    if (!aborts()) return std::nullopt;
    std::vector<std::string> ids;
    for (const auto& container : state_.containers) ids.push_back(container.id());
    watch_.catch_up(ids);
    std::stop_source now;
    now.request_stop();
    return deciding_exit(decisive, now.get_token());
  }

  [[nodiscard]] bool is_awaited_to_end(const std::string& name) const {
    const auto waits = [&](const auto& one) {
      const auto found = one.second.depends_on.find(name);
      return found != one.second.depends_on.end() &&
             found->second.condition == project::Condition::completed_successfully;
    };
    return std::any_of(project_.services.begin(), project_.services.end(), waits);
  }

  static void wait_for(std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait(lock, stop, [] { return false; });
  }

  [[nodiscard]] LogRequest log_request(const plan::Plan& plan) const {
    LogRequest request;
    request.project = project_.name;
    request.services = attached_;
    request.decisive = options_.services.empty() ? request.services : options_.services;
    request.awaited = started_containers(plan, request.decisive);
    request.options.follow = true;
    request.options.since = since_;
    // watched files may bring back what has ended
    request.after_last = watcher_ ? LogRequest::AfterLast::stay : LogRequest::AfterLast::end_at_once;
    if (arguments_.flag("timestamps")) request.timestamps = ui::Timestamps::show;
    for (const auto& name : request.services) {
      const auto& logging = project_.services.at(name).logging;
      if (logging && logging->driver == "none") request.unreadable.insert(name);
    }
    request.no_more_starts = given_up_.get_token();
    request.warn = [this](const std::string& text) { context_.events().emit(event::Warning{text}); };
    return request;
  }

  void stream(const LogRequest& request) {
    if (request.services.empty()) return wait_for(logs_stop_.get_token());  // the signal or an exit ends it
    try {
      stream_logs(context_.engine(), writer_, request, logs_stop_.get_token());
    } catch (const Error&) {
      lost_ = std::current_exception();
    }
  }

  [[nodiscard]] std::vector<std::string> container_names(const std::vector<std::string>& services) const {
    std::vector<std::string> names;
    for (const auto& container : state_.containers)
      if (std::find(services.begin(), services.end(), container.service) != services.end())
        names.push_back(log_name(container.name(), project_.name));
    return names;
  }

  /// What a service's first container ended with, if it has.
  std::optional<int> code_of(const std::string& service) {
    const auto containers = state_.of_service(service);
    if (containers.empty()) return watch_.code_of(service);
    try {
      const auto details = context_.engine().inspect_container(containers.front()->id());
      if (details.state == engine::ContainerState::exited) return details.exit_code;
    } catch (const engine::EngineError&) {  // removed meanwhile
    }
    return watch_.code_of(service);
  }

  void abort_because(const Exit& exit) {
    writer_.flush();
    write_error("Aborting on container exit...\n");
    stop_all();
    code_ = exit.code;
  }

  int end_by_signal() {
    writer_.note("Gracefully Stopping... press Ctrl+C again to force");
    writer_.flush();
    stop_all();
    return signals_.exit_code();
  }

  // Stops what was named, not what that depends on; a second Ctrl-C meanwhile kills it.
  void stop_all() {
    const auto state = plan::observe(context_.engine(), project_.name,
                                     {plan::ObserveOptions::Depth::containers}, context_.clock());
    const std::stop_callback force(signals_.force(), [this, &state] { kill_all(state); });
    const plan::StopOptions stop{options_.services, options_.timeout_seconds};
    RunOptions run_options;
    run_options.record = RunOptions::Record::skip;
    carry_out(context_, plan::plan_stop(project_, state, stop), run_options);
    context_.finish_events();
    given_up_.request_stop();
  }

  void kill_all(const plan::ObservedState& state) {
    const Names named(options_.services.begin(), options_.services.end());
    for (const auto& container : state.containers) {
      if (!container.running() || !(named.empty() || named.contains(container.service))) continue;
      try {
        context_.engine().kill_container(container.id(), "SIGKILL");
      } catch (const Error&) {  // it has ended by itself
      }
    }
  }

  Context& context_;
  const Arguments& arguments_;
  const project::Project& project_;
  plan::ObservedState& state_;
  const plan::UpOptions& options_;
  const std::vector<std::string> attached_;
  Signals signals_;
  ExitWatch watch_;
  ui::LogWriter writer_;
  std::string since_;
  std::optional<Watcher> watcher_;
  std::stop_source logs_stop_, given_up_;
  std::exception_ptr lost_;  ///< why the logs could not be followed to their end
  int code_ = 0;
};

}  // namespace

int attached_up(Context& context, const Arguments& arguments, Situation& situation,
                const plan::UpOptions& options, RunOptions run_options) {
  const auto from = arguments.text("exit-code-from");
  if (from && !situation.project->services.contains(*from)) throw Error("no such service: " + *from);
  return AttachedUp(context, arguments, situation, options).run(std::move(run_options));
}

}  // namespace crstack::cli
