// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "crstack/base/clock.hpp"
#include "crstack/base/environment.hpp"
#include "crstack/base/error.hpp"
#include "crstack/engine/engine.hpp"
#include "crstack/event/event.hpp"
#include "crstack/plan/plan.hpp"

namespace crstack::exec {

/// When a step ran, as offsets from the start of the run. `ready` is when nothing held it back any more but a
/// free worker.
struct StepTiming {
  plan::StepId step = 0;
  std::string what;     ///< to_string of the action
  std::string service;  ///< or empty
  Duration ready{}, start{}, end{};
  bool critical = false;  ///< part of the chain that decided how long the run took
  std::string note{};     ///< a remark for the timeline (what a probe's interval cost); mostly empty
  bool failed = false;
};

/// How a run went. What failed was reported to the sink already.
struct RunResult {
  enum class Outcome { done, failed, interrupted, timed_out } outcome = Outcome::done;
  Duration took{};
  std::vector<StepTiming> timeline;  ///< of the steps that ran to their end, also a bad one, by start
  std::vector<event::CriticalLink> critical_path;
  std::map<std::string, Environment> provided{};  ///< provider service → the variables that it has set
  [[nodiscard]] bool ok() const { return outcome == Outcome::done; }
};

/// A build that failed: that of another service than was asked for, maybe, where one go does several.
class BuildError : public Error {
 public:
  BuildError(const std::string& what, std::string service) : Error(what), service_(std::move(service)) {}
  [[nodiscard]] const std::string& service() const noexcept { return service_; }

 private:
  std::string service_;
};

/// Builds an image: docker buildx or the classic builder. Blocks; throws Error. Called from several threads.
class ImageBuilder {
 public:
  virtual ~ImageBuilder() = default;
  virtual void build(const plan::BuildImage& step, event::EventSink& sink, std::stop_token stop) = 0;
  /// Called before the first build of a run, with all that the run may build: one go may then do several.
  virtual void expect(const std::vector<plan::BuildImage>& /*builds*/) {}
  /// By which name progress shows a build: its service's, or its image's as docker compose does with buildx.
  enum class Shows { service, image };
  [[nodiscard]] virtual Shows shows() const { return Shows::service; }
};

/// How long steps took in earlier runs (see timings.hpp): decides only which ready step goes first.
using StepWeights = std::map<std::string, Duration>;

struct ExecutorOptions {
  int parallel = 0;                      ///< engine calls at once; 0 or less: the default bound
  std::optional<Duration> wait_timeout;  ///< `--wait-timeout`: of the gates, from the start of the run
  StepWeights weights;
  /// Whether a failed step ends the run (`up`), or only those that hang on it don't run (`down`, `stop`,
  /// `pull`).
  enum class OnFailure { stop, carry_on } on_failure = OnFailure::stop;
  /// Whether somebody sees what hooks write (`up` in the foreground).
  enum class Hooks { unseen, shown } hooks = Hooks::unseen;
  ImageBuilder* builder = nullptr;  ///< not owned; null: a BuildImage step fails
  Environment environment;          ///< for provider programs
  /// Called once, on the coordinator's thread, when nothing is left but starts, hooks and waits: all images
  /// and containers are there; at once where there is nothing else. Never where something of that has failed.
  /// May throw: that ends the run.
  std::function<void()> prepared{};
};

/// Carries a plan out: one coordinator, a bounded number of worker threads, one event stream. Emits Progress,
/// Waiting, Probe and Transfer as it goes, a FailureReport for what failed, and Finished at the end; the
/// plan's warnings and what it leaves unchanged are the caller's to show. Nothing is undone on failure: all
/// that was started stays for inspection. Stopping the token stops scheduling; calls under way end first,
/// pulls, builds and waits at once.
class Executor {
 public:
  Executor(engine::Engine& engine, event::EventSink& sink, const Clock& clock, ExecutorOptions options);
  ~Executor();
  /// Throws nothing that a step threw. May be called once.
  RunResult run(const plan::Plan& plan, std::stop_token stop);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crstack::exec
