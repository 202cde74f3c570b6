// SPDX-License-Identifier: MIT
#include "cli/foreground/deciding_exit.hpp"

#include <algorithm>

#include "crstack/engine/engine.hpp"

namespace crstack::cli {

DecidingExit::DecidingExit(engine::Engine& engine, const Arguments& arguments,
                           const project::Project& project, const plan::ObservedState& state)
    : engine_(engine),
      project_(project),
      state_(state),
      only_failures_(arguments.flag("abort-on-container-failure")),
      any_(only_failures_ || arguments.flag("abort-on-container-exit") || arguments.given("exit-code-from")),
      watch_(engine, project.name) {}

std::optional<Exit> DecidingExit::first(const std::vector<std::string>& decisive,
                                        const std::stop_token& stop) {
  if (!any_) return std::nullopt;
  const auto counts = [&](const Exit& exit) {
    return std::find(decisive.begin(), decisive.end(), exit.service) != decisive.end() &&
           !(only_failures_ && exit.code == 0);
  };
  const auto ends = [&](const Exit& exit) {
    return counts(exit) && !(exit.code == 0 && is_awaited_to_end(exit.service));
  };
  auto exit = watch_.first(ends, stop);
  if (exit) exit->code = watch_.first(counts, stop)->code;
  return exit;
}

std::optional<Exit> DecidingExit::first_by_now(const std::vector<std::string>& decisive) {
  if (!any_) return std::nullopt;
  std::vector<std::string> ids;
  for (const auto& container : state_.containers) ids.push_back(container.id());
  watch_.catch_up(ids);
  std::stop_source now;
  now.request_stop();
  return first(decisive, now.get_token());
}

std::optional<int> DecidingExit::code_of(const std::string& service) {
  const auto containers = state_.of_service(service);
  if (containers.empty()) return watch_.code_of(service);
  try {
    const auto details = engine_.inspect_container(containers.front()->id());
    if (details.state == engine::ContainerState::exited) return details.exit_code;
  } catch (const engine::EngineError&) {  // removed meanwhile
  }
  return watch_.code_of(service);
}

bool DecidingExit::is_awaited_to_end(const std::string& service) const {
  const auto waits = [&](const auto& one) {
    const auto found = one.second.depends_on.find(service);
    return found != one.second.depends_on.end() &&
           found->second.condition == project::Condition::completed_successfully &&
           !state_.of_service(one.first).empty();  // it may be scaled to none
  };
  return std::any_of(project_.services.begin(), project_.services.end(), waits);
}

}  // namespace crstack::cli
