// SPDX-License-Identifier: MIT
#include "run.hpp"

#include <algorithm>
#include <numeric>

#include "critical_path.hpp"
#include "report.hpp"

namespace crstack::exec {

namespace {

/// Engine calls at once where `--parallel` says nothing; besides them, stops, which wait for up to ten
/// seconds each and cost no more than a connection.
constexpr std::size_t default_calls = 64, default_stops = 256;
/// Starts are bound by the engine's CPU (0.3-0.6 s each): where somebody waits for a gate, more at once only
/// delay the longest chain. Without gates, 30 services on two cores start 7 % sooner by eight at once than by
/// three, and no sooner by 64.
constexpr std::size_t least_starts = 3, least_starts_without_gates = 8;
/// A creation costs the engine 10 ms of CPU, a removal some more: more at once gain nothing, and take a
/// thread and a connection each. Of stops, so many are being sent.
constexpr std::size_t most_at_once = 16;
constexpr std::size_t own_threads = 8;  ///< for inspections, besides the calls

std::size_t call_limit(int parallel) {
  return parallel > 0 ? static_cast<std::size_t>(parallel) : default_calls;
}

std::size_t start_limit(int parallel, std::size_t least) {
  const std::size_t cores = std::thread::hardware_concurrency();
  return parallel > 0 ? static_cast<std::size_t>(parallel) : std::max(least, cores + 1);
}

bool is_start(const plan::Step& step) {
  return class_of(step.action) == StepClass::start;
}

bool prepares(const plan::Step& step) {
  const auto kind = class_of(step.action);
  return kind != StepClass::start && kind != StepClass::gate &&
         !std::holds_alternative<plan::RunHook>(step.action);
}

const plan::ContainerRef* container_of(const plan::Action& action) {
  return std::visit(
      [](const auto& one) -> const plan::ContainerRef* {
        if constexpr (requires { one.container; }) {
          return &one.container;
        } else {
          return nullptr;
        }
      },
      action);
}

const char* words(plan::WaitFor condition) {
  switch (condition) {
    case plan::WaitFor::healthy:
      return " (healthy)";
    case plan::WaitFor::completed_successfully:
      return " (completed)";
    case plan::WaitFor::running_or_healthy:
      break;
  }
  return "";
}

/// A build where the pull fails says by itself that it is made.
bool may_be_needless(const plan::Step& step) {
  const auto* build = std::get_if<plan::BuildImage>(&step.action);
  return build != nullptr && build->when == plan::BuildImage::When::absent;
}

/// What becomes a warning where a dependency need not be there.
std::string optional_dependency(const plan::WaitForCondition& gate, const std::string& what) {
  const std::string service = "service \"" + gate.service + "\" ";
  const std::string optional = "optional dependency \"" + gate.service + "\" ";
  if (what.starts_with(service)) return optional + what.substr(service.size());
  return optional + "failed to start: " + what;
}

}  // namespace

Run::Run(engine::Engine& engine, event::EventSink& sink, const Clock& clock, const ExecutorOptions& options,
         const plan::Plan& plan)
    : engine_(engine),
      sink_(sink),
      clock_(clock),
      options_(options),
      plan_(plan),
      began_(clock.steady_now()),
      schedule_(plan, options.weights),
      runner_(engine, sink, clock, options),
      timings_(plan.steps.size()),
      unprepared_(static_cast<std::size_t>(std::count_if(plan.steps.begin(), plan.steps.end(), prepares))),
      gates_(engine, sink, clock, loop_, pool_,
             {[this](plan::StepId id, const std::string& note) {
                timings_[id - 1].note = note;
                succeeded(id);
              },
              [this](plan::StepId id, const Watched& watched) { gate_failed(id, watched); },
              [this](plan::StepId id, const std::string& what) {
                ended(id, std::make_exception_ptr(Error(what)));
              }}),
      answers_(loop_, [this](plan::StepId id) { answered(id); }),
      pool_(call_limit(options.parallel) + own_threads) {}

RunResult Run::run(const std::stop_token& stop) {
  const std::stop_callback interrupt(stop, [this] { loop_.post([this] { halt(Outcome::interrupted); }); });
  announce();
  open_events();
  if (options_.wait_timeout && needs_events_) {
    loop_.after(*options_.wait_timeout, [this] { timed_out(*options_.wait_timeout); });
  }
  if (unprepared_ == 0 && options_.prepared) options_.prepared();
  pump();
  loop_.run([this] { return over(); });
  gates_.close();
  if (lacks_image()) take_back();
  RunResult result;
  finish(result);
  return result;
}

/// Says what it was still waiting for, each with all that is known of it.
void Run::timed_out(Duration limit) {
  if (halted_ || (!gates_.waiting() && schedule_.left() == 0)) return;
  const std::string after =
      " after " + std::to_string(std::chrono::duration_cast<std::chrono::seconds>(limit).count()) + "s";
  for (const auto& watched : gates_.watched()) {
    auto report = report_of(engine_, *watched);
    report.what = "container " + watched->container.name + " " + unmet(watched->gate) + after;
    sink_.emit(report);
  }
  event::FailureReport report;
  report.what = "application not healthy" + after;
  report.not_started = services_left();
  sink_.emit(report);
  halt(Outcome::timed_out);
}

/// Who will have to wait for whom; in the order of the starts, which is how they are shown.
void Run::announce() {
  for (const auto& step : plan_.steps) {
    needs_events_ = needs_events_ || std::holds_alternative<plan::WaitForCondition>(step.action);
    if (!is_start(step) || !step.display) continue;
    event::Waiting waiting{step.display->subject, {}};
    for (const auto dependency : step.depends_on) {
      const auto& before = this->step(dependency);
      const auto* gate = std::get_if<plan::WaitForCondition>(&before.action);
      if (gate != nullptr) waiting.for_services.push_back(gate->service + words(gate->condition));
      const auto service = plan::service_of(before.action);
      if (is_start(before) && service != step.display->subject.service)
        waiting.for_services.push_back(service + " (started)");
    }
    sink_.emit(waiting);
  }
}

/// Only gates need events; they must be on their way before the first start, or one could be missed.
void Run::open_events() {
  if (!needs_events_) return;
  EventStream::Callbacks callbacks;
  callbacks.opened = [this] {
    if (events_open_) gates_.resynchronise();
    events_open_ = true;
    pump();
  };
  callbacks.event = [this](const engine::EngineEvent& event) { gates_.feed(event); };
  callbacks.lost = [this](const std::string& error) {
    if (halted_) return;
    event::FailureReport report;
    report.what = "The engine's events can't be read any more: " + error;
    sink_.emit(report);
    halt(Outcome::failed);
  };
  events_ = std::make_unique<EventStream>(engine_, loop_, plan_.project, std::move(callbacks));
}

/// How many more steps of a class may run now.
std::size_t Run::room(StepClass kind) const {
  if (kind == StepClass::gate) return events_open_ ? 1 : 0;
  const auto under_way = [this](StepClass one) { return under_way_[static_cast<std::size_t>(one)]; };
  const auto all = std::accumulate(under_way_.begin(), under_way_.end(), std::size_t{0});
  const auto stops = under_way(StepClass::stop) + pending_.size();
  const bool limited = options_.parallel > 0;
  const auto calls =
      call_limit(options_.parallel) - (all - under_way(StepClass::stop)) - (limited ? stops : 0);
  if (kind == StepClass::stop)
    return std::min(limited ? calls : default_stops - stops, most_at_once - under_way(kind));
  if (kind == StepClass::call) return calls;
  if (kind == StepClass::create || kind == StepClass::remove)
    return std::min(calls, most_at_once - under_way(kind));
  if (needs_events_ && !events_open_) return 0;
  const auto least = needs_events_ ? least_starts : least_starts_without_gates;
  return std::min(calls, start_limit(options_.parallel, least) - under_way(kind));
}

void Run::pump() {
  while (!halted_) {
    const auto id = schedule_.next([this](StepClass kind) { return room(kind); });
    if (!id) return;
    start(step(*id));
  }
}

void Run::start(const plan::Step& step) {
  auto& timing = timings_[step.id - 1];
  timing.step = step.id;
  timing.what = plan::to_string(step.action);
  timing.service = plan::service_of(step.action);
  for (const auto dependency : step.depends_on) {
    timing.ready = std::max(timing.ready, timings_[dependency - 1].end);
  }
  timing.start = elapsed();
  if (const auto* gate = std::get_if<plan::WaitForCondition>(&step.action)) return start_gate(step, *gate);
  if (!may_be_needless(step)) runner_.announce(step);
  auto& under_way = under_way_[static_cast<std::size_t>(class_of(step.action))];
  ++under_way;
  pool_.submit([this, &step, &under_way, stop = abort_.get_token()] {
    std::exception_ptr error;
    std::shared_ptr<engine::PendingCall> pending;
    auto ending = StepRunner::Ending::as_planned;
    try {
      if (class_of(step.action) == StepClass::stop)
        pending = runner_.begin(step);
      else
        ending = runner_.run(step, stop);
    } catch (...) {
      error = std::current_exception();
    }
    loop_.post([this, &step, &under_way, error, pending, ending] {
      --under_way;
      if (pending) return began(step.id, pending);
      ended(step.id, error, ending);
    });
  });
}

void Run::began(plan::StepId id, const std::shared_ptr<engine::PendingCall>& call) {
  if (halted_) return static_cast<void>(schedule_.drop(id));
  pending_.emplace(id, call);
  try {
    answers_.add(call->fd(), id);
    pump();
  } catch (const Error&) {
    pending_.erase(id);
    ended(id, std::current_exception());
  }
}

void Run::answered(plan::StepId id) {
  const auto call = pending_.extract(id);
  if (call.empty()) return;
  std::exception_ptr error;
  try {
    call.mapped()->finish();
  } catch (...) {
    error = std::current_exception();
  }
  ended(id, error);
}

void Run::start_gate(const plan::Step& step, plan::WaitForCondition gate) {
  for (auto& container : gate.containers) container.id = runner_.id_of(container);
  gates_.wait(step.id, gate);
}

void Run::ended(plan::StepId id, const std::exception_ptr& error, StepRunner::Ending ending) {
  if (!error) return succeeded(id, ending);
  std::string container;
  try {
    if (const auto* ref = container_of(step(id).action)) container = runner_.id_of(*ref);
  } catch (const Error&) {  // it is the creation that failed
  }
  try {
    std::rethrow_exception(error);
  } catch (const Error& problem) {
    const bool consequence = halted_ && abort_.stop_requested();
    schedule_.drop(id);
    const auto fault = at_fault(id, problem);
    if (!consequence) failed(fault, report_of(engine_, step(fault), container, problem));
  } catch (const std::exception& problem) {
    failed(id, report_of(engine_, step(id), container, Error(problem.what())));
  }
}

/// The step to blame: one bake builds the images of several.
plan::StepId Run::at_fault(plan::StepId id, const Error& problem) const {
  const auto* failure = dynamic_cast<const BuildError*>(&problem);
  if (failure == nullptr) return id;
  const auto found = std::find_if(plan_.steps.begin(), plan_.steps.end(), [&](const auto& one) {
    const auto* build = std::get_if<plan::BuildImage>(&one.action);
    return build != nullptr && build->service == failure->service();
  });
  return found == plan_.steps.end() ? id : found->id;
}

void Run::succeeded(plan::StepId id, StepRunner::Ending ending) {
  timings_[id - 1].end = elapsed();
  done_.insert(id);
  if (ending != StepRunner::Ending::found) made_.insert(id);
  const auto& finished = step(id);
  if (finished.display && finished.display->after && ending != StepRunner::Ending::told) {
    sink_.emit(event::Progress{finished.display->subject, *finished.display->after, event::Phase::done,
                               finished.cause});
  }
  prepared(finished);
  schedule_.finished(id);
  pump();
}

void Run::prepared(const plan::Step& step) {
  if (prepares(step) && --unprepared_ == 0 && options_.prepared) options_.prepared();
}

void Run::failed(plan::StepId id, event::FailureReport report) {
  timings_[id - 1].end = elapsed();
  timings_[id - 1].failed = true;
  if (!first_failed_) first_failed_ = id;
  if (const auto& display = step(id).display) {
    const auto& action = step(id).action;
    const auto* pull = std::get_if<plan::PullImage>(&action);
    const bool terse = std::holds_alternative<plan::CreateNetwork>(action);  // as docker compose has it
    sink_.emit(pull != nullptr ? pull_failure(display->subject, *pull, report.what)
                               : event::Progress{display->subject, event::Activity::error,
                                                 event::Phase::failed, terse ? std::string() : report.what});
  }
  schedule_.drop(id);
  report.not_started = services_left();
  std::erase(report.not_started, report.service);
  sink_.emit(report);
  if (options_.on_failure == ExecutorOptions::OnFailure::stop) return halt(Outcome::failed);
  outcome_ = Outcome::failed;
  pump();
}

void Run::gate_failed(plan::StepId id, const Watched& watched) {
  const auto& gate = std::get<plan::WaitForCondition>(step(id).action);
  const event::Subject subject{event::ResourceKind::container, watched.container.name, gate.service};
  auto report = report_of(engine_, watched);
  const bool of_dependency = gate.condition == plan::WaitFor::healthy;
  if (!gate.required) {
    const std::string message = optional_dependency(gate, report.what);
    sink_.emit(event::Progress{subject, event::Activity::skipped, event::Phase::done, message});
    sink_.emit(event::Warning{message});
    return succeeded(id);
  }
  const bool of_completion = gate.condition == plan::WaitFor::completed_successfully;
  sink_.emit(event::Progress{subject, event::Activity::error, event::Phase::failed,
                             of_completion ? report.what : std::string()});
  if (of_dependency) report.what = "dependency failed to start: " + report.what;
  failed(id, std::move(report));
}

/// Nothing new begins; what only waits ends at once; calls under way come to their end.
void Run::halt(Outcome outcome) {
  if (halted_) return;
  halted_ = true;
  outcome_ = outcome;
  abort_.request_stop();
  gates_.close();
  for (const auto id : std::set<plan::StepId>(schedule_.running())) {
    if (pending_.contains(id) || std::holds_alternative<plan::WaitForCondition>(step(id).action))
      schedule_.drop(id);
  }
  pending_.clear();
}

bool Run::over() const {
  return schedule_.running().empty() && (halted_ || schedule_.left() == 0);
}

/// Services with a container that has not been started.
std::vector<std::string> Run::services_left() const {
  std::set<std::string> services;
  for (const auto& step : plan_.steps) {
    if (is_start(step) && !done_.contains(step.id) && !schedule_.running().contains(step.id)) {
      services.insert(plan::service_of(step.action));
    }
  }
  return {services.begin(), services.end()};
}

void Run::finish(RunResult& result) {
  result.outcome = outcome_;
  result.took = elapsed();
  result.provided = runner_.provided();
  result.critical_path = critical_path(plan_, timings_, done_, first_failed_);
  for (auto& timing : timings_) {
    if (done_.contains(timing.step) || timing.failed) result.timeline.push_back(std::move(timing));
  }
  std::stable_sort(result.timeline.begin(), result.timeline.end(),
                   [](const auto& left, const auto& right) { return left.start < right.start; });
  sink_.emit(event::Finished{result.ok(), result.took, result.critical_path});
}

}  // namespace crstack::exec
