// SPDX-License-Identifier: MIT
#include "cli/attached_up.hpp"

#include <algorithm>
#include <set>
#include <thread>

#include "cli/exit_watch.hpp"
#include "cli/log_stream.hpp"
#include "cli/project_containers.hpp"
#include "cli/screen.hpp"
#include "cli/signals.hpp"
#include "cli/watch/watcher.hpp"
#include "crstack/base/error.hpp"
#include "crstack/graph/dependency_graph.hpp"

namespace crstack::cli {
namespace {

using Names = std::set<std::string>;

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
  return style;
}

std::string unix_time(engine::WallTime time) {
  const auto nanoseconds =
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
  return std::to_string(nanoseconds / 1000000000) + "." +
         std::to_string(1000000000 + nanoseconds % 1000000000).substr(1);
}

class AttachedUp {
 public:
  AttachedUp(Context& context, const Arguments& arguments, const Situation& situation,
             const plan::UpOptions& options)
      : context_(context),
        arguments_(arguments),
        project_(situation.project),
        options_(options),
        signals_(SecondSignal::is_told),
        watch_(context.engine(), situation.project.name),
        writer_(context.screen().data, context.screen().data, log_style(context, arguments)),
        since_(unix_time(context.clock().system_now())) {
    if (arguments.flag("watch")) watch_files();
  }

  int run(const plan::Plan& plan, RunOptions run_options) {
    run_options.stop = signals_.stop();
    const auto result = carry_out(context_, plan, run_options);
    context_.finish_events();
    if (result.outcome == exec::RunResult::Outcome::interrupted) return end_by_signal();
    if (!result.ok()) return static_cast<int>(ExitCode::failure);
    follow();
    return code_;
  }

 private:
  [[nodiscard]] bool aborts_on_exit() const {
    return arguments_.flag("abort-on-container-exit") || arguments_.given("exit-code-from");
  }

  // Changes count from now on; they are dealt with once the stack is up.
  void watch_files() {
    const bool coloured = log_style(context_, arguments_).colours == ui::Colours::on;
    const std::string mark = coloured ? "\033[92m        ⦿ \033[0m" : "        ⦿ ";
    watcher_.emplace(context_, project_, WatchOptions{options_.services},
                     [this, mark](const std::string& line) {
                       writer_.note(mark + line);
                       writer_.flush();
                     });
  }

  void follow() {
    std::stop_source done;
    std::jthread watching;
    if (watcher_) watching = std::jthread([this, &done] { watcher_->run(done.get_token()); });
    std::jthread logs([this, &done] { stream(done); });
    const std::stop_callback interrupted(signals_.stop(), [&done] { done.request_stop(); });
    std::optional<Exit> exit;
    if (aborts_on_exit()) {
      exit = watch_.first(ExitWatch::Kind::any, done.get_token());
    } else if (arguments_.flag("abort-on-container-failure")) {
      exit = watch_.first(ExitWatch::Kind::failure, done.get_token());
    } else {
      wait_for(done.get_token());
    }
    done.request_stop();
    if (watching.joinable()) watching.join();
    if (signals_.stop().stop_requested()) {
      code_ = end_by_signal();
    } else if (exit) {
      writer_.flush();
      write_error("Aborting on container exit...\n");
      stop_all();
      code_ = exit->code;
    }
    if (const auto service = arguments_.text("exit-code-from"))
      code_ = watch_.code_of(*service).value_or(code_);
    logs_stop_.request_stop();
  }

  static void wait_for(std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait(lock, stop, [] { return false; });
  }

  // Runs until the last container has ended, and says so through `done`.
  void stream(std::stop_source& done) {
    LogRequest request;
    request.project = project_.name;
    request.services = attached_services(arguments_, project_, options_);
    request.options.follow = true;
    request.options.since = since_;
    if (watcher_) request.after_last = LogRequest::AfterLast::stay;  // it may bring back what has ended
    if (arguments_.flag("timestamps")) request.timestamps = ui::Timestamps::show;
    try {
      writer_.attaching(container_names(request.services));
      if (request.services.empty()) return;  // nothing to show: the signal or an exit ends it
      stream_logs(context_.engine(), writer_, request, logs_stop_.get_token());
    } catch (const Error& error) {
      write_error(std::string(error.what()) + "\n");
    }
    done.request_stop();
  }

  std::vector<std::string> container_names(const std::vector<std::string>& services) {
    std::vector<std::string> names;
    const auto which = engine::Containers::Which::all;
    for (const auto& container : project_containers(context_.engine(), project_.name, which, OneOffs::leave))
      if (std::find(services.begin(), services.end(), service_of(container)) != services.end())
        names.push_back(log_name(container.name, project_.name));
    return names;
  }

  int end_by_signal() {
    writer_.flush();
    write_error("Gracefully Stopping... press Ctrl+C again to force\n");
    stop_all();
    return signals_.exit_code();
  }

  // Stops what was brought up; a second Ctrl-C meanwhile kills it.
  void stop_all() {
    const auto state = plan::observe(context_.engine(), project_.name,
                                     {plan::ObserveOptions::Depth::containers}, context_.clock());
    const std::stop_callback force(signals_.force(), [this, &state] { kill_all(state); });
    const auto services = started_services(project_, options_);
    const plan::StopOptions stop{{services.begin(), services.end()}, options_.timeout_seconds};
    carry_out(context_, plan::plan_stop(project_, state, stop), {});
    context_.finish_events();
  }

  void kill_all(const plan::ObservedState& state) {
    const auto services = started_services(project_, options_);
    for (const auto& container : state.containers) {
      if (!container.running() || !services.contains(container.service)) continue;
      try {
        context_.engine().kill_container(container.id(), "SIGKILL");
      } catch (const Error&) {  // it has ended by itself
      }
    }
  }

  Context& context_;
  const Arguments& arguments_;
  const project::Project& project_;
  const plan::UpOptions& options_;
  Signals signals_;
  ExitWatch watch_;
  ui::LogWriter writer_;
  std::string since_;
  std::optional<Watcher> watcher_;
  std::stop_source logs_stop_;
  int code_ = 0;
};

}  // namespace

int attached_up(Context& context, const Arguments& arguments, const Situation& situation,
                const plan::UpOptions& options, const plan::Plan& plan, RunOptions run_options) {
  const auto from = arguments.text("exit-code-from");
  if (from && !situation.project.services.contains(*from)) throw Error("no such service: " + *from);
  return AttachedUp(context, arguments, situation, options).run(plan, run_options);
}

}  // namespace crstack::cli
