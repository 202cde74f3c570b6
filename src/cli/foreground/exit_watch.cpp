// SPDX-License-Identifier: MIT
#include "cli/foreground/exit_watch.hpp"

#include <algorithm>
#include <cstdlib>

#include "cli/project_containers.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"
#include "crstack/plan/labels.hpp"

namespace crstack::cli {

ExitWatch::ExitWatch(engine::Engine& engine, const std::string& project) : engine_(engine) {
  const engine::LabelFilter filter = {std::string(plan::labels::project) + "=" + project,
                                      std::string(plan::labels::oneoff) + "=False"};
  const auto opened = [this] {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  };
  thread_ = std::jthread([this, filter, opened](std::stop_token stop) {
    try {
      engine_.events(
          filter, "", "", opened, [this](const auto& event) { return on_event(event); }, stop);
    } catch (const Error&) {  // whoever talks to the engine next gets to know
    }
    opened();
    const std::lock_guard lock(mutex_);
    over_ = true;
    changed_.notify_all();
  });
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return open_; });
}

ExitWatch::~ExitWatch() {
  thread_.request_stop();
}

bool ExitWatch::on_event(const engine::EngineEvent& event) {
  if (event.type != "container" || event.action != "die" || lives_on(engine_, event.id)) return true;
  const std::lock_guard lock(mutex_);
  exits_.push_back({value_of(event.attributes, plan::labels::service), value_of(event.attributes, "name"),
                    event.id, std::atoi(value_of(event.attributes, "exitCode").c_str())});
  changed_.notify_all();
  return true;
}

void ExitWatch::catch_up(const std::vector<std::string>& container_ids) {
  std::vector<std::pair<engine::WallTime, Exit>> ended;
  for (const auto& id : container_ids) {
    try {
      const auto details = engine_.inspect_container(id);
      if (details.state != engine::ContainerState::exited) continue;
      const auto& service = value_of(details.labels, plan::labels::service);
      if (service.empty()) continue;
      ended.push_back({details.finished_at, {service, details.name, id, details.exit_code}});
    } catch (const Error&) {  // removed: nothing is known of it any more
    }
  }
  std::stable_sort(ended.begin(), ended.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  const std::lock_guard lock(mutex_);
  for (auto& [when, exit] : ended) exits_.push_back(std::move(exit));
}

std::optional<Exit> ExitWatch::first(const Fits& fits, std::stop_token stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop, [&] { return over_ || std::any_of(exits_.begin(), exits_.end(), fits); });
  const auto found = std::find_if(exits_.begin(), exits_.end(), fits);
  return found != exits_.end() ? std::optional(*found) : std::nullopt;
}

std::optional<int> ExitWatch::code_of(const std::string& service) {
  const std::lock_guard lock(mutex_);
  const auto found =
      std::find_if(exits_.rbegin(), exits_.rend(), [&](const Exit& exit) { return exit.service == service; });
  return found != exits_.rend() ? std::optional(found->code) : std::nullopt;
}

}  // namespace crstack::cli
