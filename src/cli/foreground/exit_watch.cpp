// SPDX-License-Identifier: MIT
#include "cli/foreground/exit_watch.hpp"

#include <algorithm>
#include <cstdlib>

#include "crstack/base/error.hpp"
#include "crstack/plan/labels.hpp"

namespace crstack::cli {
namespace {

std::string attribute(const engine::EngineEvent& event, const std::string& name) {
  const auto found = event.attributes.find(name);
  return found != event.attributes.end() ? found->second : std::string();
}

}  // namespace

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
  if (event.type != "container" || event.action != "die") return true;
  try {
    const auto state = engine_.inspect_container(event.id).state;
    if (state == engine::ContainerState::restarting || state == engine::ContainerState::running) return true;
  } catch (const Error&) {  // removed in the meantime: that is an end as well
  }
  const std::lock_guard lock(mutex_);
  exits_.push_back({attribute(event, plan::labels::service), attribute(event, "name"), event.id,
                    std::atoi(attribute(event, "exitCode").c_str())});
  changed_.notify_all();
  return true;
}

void ExitWatch::catch_up(const std::vector<std::string>& container_ids) {
  std::vector<std::pair<engine::WallTime, Exit>> ended;
  for (const auto& id : container_ids) {
    try {
      const auto details = engine_.inspect_container(id);
      if (details.state != engine::ContainerState::exited) continue;
      const auto service = details.labels.find(plan::labels::service);
      if (service == details.labels.end()) continue;
      ended.push_back({details.finished_at, {service->second, details.name, id, details.exit_code}});
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
