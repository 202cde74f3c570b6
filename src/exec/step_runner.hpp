// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "crstack/exec/executor.hpp"
#include "crstack/plan/plan.hpp"

namespace crstack::exec {

/// Does what one step says: an arm for each action, none of which decides anything. Thread-safe: several
/// steps of a plan run at once. Throws Error.
class StepRunner {
 public:
  StepRunner(engine::Engine& engine, event::EventSink& sink, const Clock& clock,
             const ExecutorOptions& options)
      : engine_(engine), sink_(sink), clock_(clock), options_(options) {}

  /// How a step ended that did not fail: `told`: its end has been shown already, and is another than planned;
  /// `found`: what it was to make was there already.
  enum class Ending { as_planned, told, found };
  /// Shows that a step begins; `run` does it for a build that a pull may have made needless.
  void announce(const plan::Step& step);
  Ending run(const plan::Step& step, std::stop_token stop);
  /// Sends a StopContainer or RestartContainer, which `run` knows nothing of.
  std::unique_ptr<engine::PendingCall> begin(const plan::Step& step);
  /// The ID of a container that was there or has been created; PlanError-like Error where it is not.
  [[nodiscard]] std::string id_of(const plan::ContainerRef& container) const;
  /// What provider services have set so far, by service.
  [[nodiscard]] std::map<std::string, Environment> provided() const;

 private:
  struct Arms;
  void created(const std::string& name, const std::string& id);
  void provider_variables(const std::string& service, std::map<std::string, std::string> variables);

  engine::Engine& engine_;
  event::EventSink& sink_;
  const Clock& clock_;
  const ExecutorOptions& options_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> created_;         ///< name → ID
  std::map<std::string, Environment> from_providers_;  ///< service → variables
};

}  // namespace crstack::exec
