// SPDX-License-Identifier: MIT
#include "cli/foreground/attached_up.hpp"

#include <algorithm>
#include <future>
#include <set>
#include <thread>

#include "cli/foreground/attached_services.hpp"
#include "cli/foreground/attached_sink.hpp"
#include "cli/foreground/deciding_exit.hpp"
#include "cli/logs/log_follower.hpp"
#include "cli/logs/log_time.hpp"
#include "cli/screen.hpp"
#include "cli/signals.hpp"
#include "cli/watch/watcher.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

/// How long the logs may take to end once everything has stopped.
constexpr auto last_words = std::chrono::seconds(3);

/// IDs of the containers that a plan starts; all of them are there by now.
std::set<std::string> started_containers(const plan::Plan& plan, const plan::ObservedState& state,
                                         const std::vector<std::string>& services) {
  std::set<std::string> names, ids;
  for (const auto& step : plan.steps) {
    const auto* start = std::get_if<plan::StartContainer>(&step.action);
    const auto wanted = [&](const std::string& service) {
      return services.empty() || std::find(services.begin(), services.end(), service) != services.end();
    };
    if (start != nullptr && wanted(start->container.service)) names.insert(start->container.name);
  }
  for (const auto& container : state.containers)
    if (names.contains(container.name())) ids.insert(container.id());
  return ids;
}

bool waits_for_images(const plan::Plan& plan) {
  return std::any_of(plan.steps.begin(), plan.steps.end(),
                     [](const plan::Step& step) { return plan::gets_image(step.action); });
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
        signals_(SecondSignal::is_told),
        deciding_(context.engine(), arguments, project_, state_),
        writer_(context.screen().data, context.screen().errors, log_style(context, arguments)),
        request_(log_request()),
        sink_(context.events(), writer_, project_.name) {
    if (arguments.flag("watch")) watch_files();
  }

  /// Where something is thrown, the threads have to end.
  ~AttachedUp() {
    over_.request_stop();
    logs_stop_.request_stop();
  }
  AttachedUp(const AttachedUp&) = delete;
  AttachedUp& operator=(const AttachedUp&) = delete;

  int run(RunOptions run_options) {
    const std::stop_callback interrupted(signals_.stop(), [this] {
      over_.request_stop();
      cut_short_.request_stop();
    });
    run_options.sink = &sink_;
    run_options.hooks = exec::ExecutorOptions::Hooks::shown;
    run_options.stop = cut_short_.get_token();
    const auto creation = plan_creation();
    const bool at_once = waits_for_images(creation) && request_.unreadable.empty();
    const auto result = at_once ? start_at_once(run_options) : start_after_creation(creation, run_options);
    if (logs_.joinable()) {
      end(result);
      return code_;
    }
    return interrupted_by_user() ? end_by_signal() : static_cast<int>(ExitCode::failure);
  }

 private:
  [[nodiscard]] bool interrupted_by_user() const { return signals_.stop().stop_requested(); }

  /// What has its image starts while others wait for theirs; the logs have the screen once all is created.
  exec::RunResult start_at_once(RunOptions run_options) {
    const auto plan = plan::plan_up(project_, state_, options_);
    follower_.emplace(context_.engine(), writer_, request_, logs_stop_.get_token());
    if (!request_.services.empty()) follower_->listen();
    run_options.prepared = [&] { follow(plan); };
    auto result = carry_out(context_, plan, run_options);
    if (!logs_.joinable() && !interrupted_by_user()) give_up(plan);
    return result;
  }

  /// Nobody has seen yet what this run has started: it doesn't stay behind where an image can't be had.
  void give_up(const plan::Plan& plan) {
    std::set<std::string> ran;
    for (const auto& container : state_.containers)
      if (container.running()) ran.insert(container.id());
    auto state = observe_containers();
    const auto started = started_containers(plan, state, {});
    std::erase_if(state.containers, [&](const auto& container) {
      return !container.running() || ran.contains(container.id()) || !started.contains(container.id());
    });
    stop(state);
  }

  exec::RunResult start_after_creation(const plan::Plan& creation, RunOptions run_options) {
    auto created = create(creation, run_options);
    if (!created.ok()) {
      context_.finish_events();
      return created;
    }
    const auto plan = plan_starts();
    follow(plan);
    if (!request_.unreadable.empty()) wait_for(attached_to_.get_token());
    return carry_out(context_, plan, run_options);
  }

  /// All but the starts, whose logs would get between the lines of progress.
  [[nodiscard]] plan::Plan plan_creation() const {
    auto options = options_;
    options.start = plan::Start::no;
    return plan::plan_up(project_, state_, options);
  }

  exec::RunResult create(const plan::Plan& creation, RunOptions run_options) {
    run_options.lock.reset();  // held until the starts are planned
    auto result = carry_out(context_, creation, run_options);
    if (result.ok()) look_again();
    return result;
  }

  void look_again() {
    state_ = plan::observe(context_.engine(), project_, {plan::ObserveOptions::Depth::everything},
                           context_.clock());
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

  /// From now on, with everything created, the logs have the screen: until one of the ends that are asked
  /// for.
  void follow(const plan::Plan& starts) {
    sink_.all_is_created();
    context_.finish_events();
    if (follower_) look_again();
    request_.awaited = started_containers(starts, state_, request_.decisive);
    if (!follower_) follower_.emplace(context_.engine(), writer_, request_, logs_stop_.get_token());
    writer_.attaching(container_names(request_.services));
    writer_.flush();
    logs_ = std::jthread([this] {
      stream();
      attached_to_.request_stop();  // where it failed before
      over_.request_stop();
      through_.set_value();
    });
    abort_ = std::jthread([this] {
      exit_ = deciding_.first(request_.decisive, over_.get_token());
      if (exit_) cut_short_.request_stop();
      if (exit_) over_.request_stop();
    });
  }

  void end(const exec::RunResult& result) {
    if (result.ok()) wait_or_watch(over_.get_token());
    over_.request_stop();
    abort_.join();
    if (!exit_ && result.ok() && !interrupted_by_user()) exit_ = deciding_.first_by_now(request_.decisive);
    const bool by_signal = interrupted_by_user();
    if (watcher_ && result.ok() && !by_signal) writer_.remark("Watch disabled");
    if (by_signal) {
      code_ = end_by_signal();
    } else if (exit_) {
      abort_because(*exit_);
    } else if (!result.ok()) {
      code_ = static_cast<int>(ExitCode::failure);
      logs_stop_.request_stop();
    }
    if (through_.get_future().wait_for(last_words) != std::future_status::ready) logs_stop_.request_stop();
    logs_.join();
    // an engine that is gone has not ended the stack, and nobody sees it any more
    if (lost_ && result.ok() && !interrupted_by_user()) std::rethrow_exception(lost_);
    const auto service = arguments_.text("exit-code-from");
    if (!service || by_signal) return;
    // what ended well doesn't hide the failure that ended the rest
    const int code = deciding_.code_of(*service).value_or(code_);
    if (code != 0 || !arguments_.flag("abort-on-container-failure")) code_ = code;
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

  static void wait_for(std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait(lock, stop, [] { return false; });
  }

  /// All of it but who is awaited, which is known once everything is created.
  [[nodiscard]] LogRequest log_request() {
    LogRequest request;
    request.project = project_.name;
    request.services = attached_services(arguments_, project_, options_);
    request.decisive = options_.services.empty() ? request.services : options_.services;
    request.options.follow = true;
    request.options.since = unix_text(context_.clock().system_now());
    request.after_last =
        arguments_.flag("watch") ? LogRequest::AfterLast::end_at_removal : LogRequest::AfterLast::end_at_once;
    if (arguments_.flag("timestamps")) request.timestamps = ui::Timestamps::show;
    for (const auto& name : request.services) {
      const auto& logging = project_.services.at(name).logging;
      if (logging && logging->driver == "none") request.unreadable.insert(name);
    }
    request.no_more_starts = given_up_.get_token();
    request.attached = [this] { attached_to_.request_stop(); };
    request.warn = [this](const std::string& text) { context_.events().emit(event::Warning{text}); };
    return request;
  }

  void stream() {
    if (request_.services.empty()) return wait_for(logs_stop_.get_token());  // the signal or an exit ends it
    try {
      follower_->run();
      writer_.flush();
    } catch (const Error&) {
      lost_ = std::current_exception();
    }
  }

  /// As the logs call them, in the order of their whole names.
  [[nodiscard]] std::vector<std::string> container_names(const std::vector<std::string>& services) const {
    std::map<std::string, std::string> names;
    for (const auto& container : state_.containers)
      if (std::find(services.begin(), services.end(), container.service) != services.end())
        names[container.name()] = log_name(container.name(), project_.name, container.service);
    std::vector<std::string> ordered;
    for (const auto& [whole, name] : names) ordered.push_back(name);
    return ordered;
  }

  void abort_because(const Exit& exit) {
    writer_.flush();
    context_.say("Aborting on container exit...\n");
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
    const auto state = observe_containers();
    const std::stop_callback force(signals_.force(), [this, &state] { kill_all(state); });
    stop(state);
    given_up_.request_stop();
  }

  [[nodiscard]] plan::ObservedState observe_containers() const {
    return plan::observe(context_.engine(), project_.name, {plan::ObserveOptions::Depth::containers},
                         context_.clock());
  }

  void stop(const plan::ObservedState& state) {
    RunOptions run_options;
    run_options.record = RunOptions::Record::skip;
    run_options.hooks = exec::ExecutorOptions::Hooks::shown;
    const plan::StopOptions options{options_.services, options_.timeout_seconds};
    const auto result = carry_out(context_, plan::plan_stop(project_, state, options), run_options);
    if (!result.ok()) logs_stop_.request_stop();  // what still runs has no end to wait for
    context_.finish_events();
  }

  void kill_all(const plan::ObservedState& state) {
    const std::set<std::string> named(options_.services.begin(), options_.services.end());
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
  Signals signals_;
  DecidingExit deciding_;
  ui::LogWriter writer_;
  std::optional<Watcher> watcher_;
  /// Of these, the first ends everything, and the second the starts.
  std::stop_source over_, cut_short_, logs_stop_, given_up_, attached_to_;
  LogRequest request_;
  AttachedSink sink_;
  std::optional<LogFollower> follower_;
  std::promise<void> through_;  ///< the logs have ended
  std::optional<Exit> exit_;    ///< what ended everything
  std::exception_ptr lost_;     ///< why the logs could not be followed to their end
  int code_ = 0;
  std::jthread logs_, abort_;  ///< last: they end before what they use
};

}  // namespace

int attached_up(Context& context, const Arguments& arguments, Situation& situation,
                const plan::UpOptions& options, RunOptions run_options) {
  const auto from = arguments.text("exit-code-from");
  if (from && !situation.project->services.contains(*from)) throw Error("no such service: " + *from);
  return AttachedUp(context, arguments, situation, options).run(std::move(run_options));
}

}  // namespace crstack::cli
