// SPDX-License-Identifier: MIT
#include "step_runner.hpp"

#include <utility>

#include "crstack/base/text.hpp"
#include "crstack/plan/config_hash.hpp"
#include "crstack/plan/container_spec.hpp"
#include "crstack/plan/labels.hpp"
#include "exec_command.hpp"
#include "provider.hpp"
#include "report.hpp"
#include "secret_file.hpp"
#include "tar.hpp"

namespace crstack::exec {

namespace {

event::Subject subject_of(const plan::Step& step) {
  return step.display ? step.display->subject : event::Subject{};
}

using Ending = StepRunner::Ending;

/// `still in use` is what removing a network, volume or image may end with; nobody's fault.
template <typename Remove>
Ending remove_unless_in_use(event::EventSink& sink, const plan::Step& step, const Remove& remove) {
  try {
    return remove();
  } catch (const engine::EngineError& error) {
    const bool in_use = error.kind() == engine::ErrorKind::conflict ||
                        std::string(error.what()).find("active endpoints") != std::string::npos;
    if (!in_use) throw;
    sink.emit(event::Progress{subject_of(step), event::Activity::left, event::Phase::done,
                              "Resource is still in use"});
    return Ending::told;
  }
}

/// `: TEXT`, or nothing where there is none.
std::string last_words(const std::string& output) {
  const auto lines = split(std::string(trim(output)), '\n');
  return lines.empty() || lines.back().empty() ? "" : ": " + lines.back();
}

}  // namespace

/// One call of a step; what each action does.
struct StepRunner::Arms {
  StepRunner& self;
  const plan::Step& step;
  std::stop_token stop;

  engine::Engine& engine() const { return self.engine_; }
  [[nodiscard]] std::string id(const plan::ContainerRef& container) const { return self.id_of(container); }

  Ending operator()(const plan::PullImage& action) const {
    const auto report = [this](const engine::ProgressLine& line) {
      if (line.id.empty() || line.status.starts_with("Pulling from ")) return;  // of no layer
      self.sink_.emit(event::Transfer{subject_of(step), line.id, line.status, line.current, line.total});
    };
    try {
      engine().pull_image(action.image, action.platform, report, stop);
      if (stop.stop_requested()) throw Cancelled("interrupted");  // the image there may be an old one
      if (!engine().inspect_image(action.image))
        throw Error("the engine ended the pull without an error, but has no such image");
      return Ending::as_planned;
    } catch (const Error& error) {
      if (action.on_failure == plan::PullImage::OnFailure::fail) throw;
      self.sink_.emit(pull_failure(subject_of(step), action, error.what()));
      return Ending::told;
    }
  }
  Ending operator()(const plan::BuildImage& action) const {
    if (action.when == plan::BuildImage::When::absent) {
      if (engine().inspect_image(action.image)) return Ending::told;
      self.announce(step);
    }
    if (self.options_.builder == nullptr)
      throw Error("Building the image " + action.image + " is not possible here.");
    self.options_.builder->build(action, self.sink_, stop);
    return Ending::as_planned;
  }
  Ending operator()(const plan::CreateNetwork& action) const {
    try {
      drop_twins(action.spec, engine().create_network(action.spec));
      return Ending::as_planned;
    } catch (const engine::EngineError& error) {
      if (error.kind() != engine::ErrorKind::conflict || !is_there(action.spec)) throw;
      return Ending::found;
    }
  }
  /// Whether another run has made the very same network meanwhile.
  [[nodiscard]] bool is_there(const engine::NetworkSpec& spec) const {
    const auto networks = engine().list_networks({});
    return std::any_of(networks.begin(), networks.end(), [&](const auto& network) {
      return network.name == spec.name && network.labels == spec.labels;
    });
  }
  /// Another run that was killed may have left the engine making the same network: then there are two now,
  /// and the engine starts no container on either.
  void drop_twins(const engine::NetworkSpec& spec, const std::string& made) const {
    const auto owner = spec.labels.find(plan::labels::project);
    if (owner == spec.labels.end()) return;
    for (const auto& network : engine().list_networks({owner->first + "=" + owner->second}))
      if (network.name == spec.name && network.id != made) engine().remove_network(network.id);
  }
  Ending operator()(const plan::RemoveNetwork& action) const {
    return remove_unless_in_use(self.sink_, step, [&] {
      engine().remove_network(action.id);
      return Ending::as_planned;
    });
  }
  void operator()(const plan::CreateVolume& action) const { engine().create_volume(action.spec); }
  Ending operator()(const plan::RemoveVolume& action) const {
    return remove_unless_in_use(self.sink_, step, [&] {
      engine().remove_volume(action.name, engine::Containers::Force::yes);
      return Ending::as_planned;
    });
  }
  void operator()(const plan::GenerateSecret& action) const {
    generate_secret_file(action.file, action.length);
  }
  void operator()(const plan::CreateContainer& action) const {
    auto spec = *action.spec;
    add_provider_variables(action, spec);
    resolve_shared(spec);
    if (!action.hash_text.empty()) spec.labels[plan::labels::config_hash] = shared_hash(action);
    if (!spec.labels.contains(plan::labels::image)) {
      if (const auto image = engine().inspect_image(spec.image)) spec.labels[plan::labels::image] = image->id;
    }
    std::vector<std::string> warnings;
    self.created(action.container.name, engine().create_container(spec, warnings));
    for (const auto& warning : warnings) {
      self.sink_.emit(event::Warning{"container " + action.container.name + ": " + warning});
    }
  }
  void operator()(const plan::ConnectNetwork& action) const {
    engine().connect_network(action.network, id(action.container), action.endpoint);
  }
  void operator()(const plan::DisconnectNetwork& action) const {
    engine().disconnect_network(action.network, id(action.container), engine::Containers::Force::yes);
  }
  void operator()(const plan::CopyFiles& action) const {
    std::string tar = tar_of(action.files, self.clock_.system_now());
    // The tar's own numbers count: copyUIDGID would give the files to the container's user.
    engine().put_archive(id(action.container), "/", [&tar] { return std::exchange(tar, {}); }, {});
  }
  void operator()(const plan::RenameContainer& action) const {
    engine().rename_container(id(action.container), action.to);
  }
  void operator()(const plan::StartContainer& action) const {
    engine().start_container(id(action.container));
  }
  void operator()(const plan::KillContainer& action) const {
    engine().kill_container(id(action.container), action.signal);
  }
  void operator()(const plan::PauseContainer& action) const {
    engine().pause_container(id(action.container));
  }
  void operator()(const plan::UnpauseContainer& action) const {
    engine().unpause_container(id(action.container));
  }
  void operator()(const plan::RemoveContainer& action) const {
    engine().remove_container(id(action.container), action.force, action.volumes);
    for (const auto& volume : action.inherited) remove_inherited(volume);
  }
  /// Unless another container has it as well.
  void remove_inherited(const std::string& volume) const {
    try {
      engine().remove_volume(volume, engine::Containers::Force::no);
    } catch (const engine::EngineError& error) {
      if (error.kind() != engine::ErrorKind::conflict) throw;
    }
  }
  Ending operator()(const plan::RemoveImage& action) const {
    return remove_unless_in_use(self.sink_, step, [&] {
      if (engine().remove_image(action.image, engine::Containers::Force::no)) return Ending::as_planned;
      self.sink_.emit(
          event::Progress{subject_of(step), event::Activity::left, event::Phase::done, "No such image"});
      return Ending::told;
    });
  }
  void operator()(const plan::RunHook& action) const {
    using OnFailure = plan::RunHook::OnFailure;
    std::string failure;
    try {
      failure = run_hook(action);
    } catch (const engine::EngineError& error) {
      const bool nowhere =
          error.kind() == engine::ErrorKind::conflict || error.kind() == engine::ErrorKind::not_found;
      if (nowhere && action.on_failure != OnFailure::fail) return;
      if (action.on_failure != OnFailure::warn) throw;
      failure = error.what();
    }
    if (!failure.empty()) self.sink_.emit(event::Warning{failure});
  }
  /// What is wrong but no obstacle, or nothing. A program that the engine can't start is one only where hooks
  /// are seen: docker compose, which starts them unseen, hears of its exit code alone, and there is none.
  [[nodiscard]] std::string run_hook(const plan::RunHook& action) const {
    const auto result =
        run_command(engine(), id(action.container), plan::exec_spec(action.hook), std::nullopt, stop);
    const event::Subject subject{event::ResourceKind::container, action.container.name,
                                 action.container.service};
    for (const auto& line : split(result.output, '\n')) {
      if (!line.empty()) self.sink_.emit(event::BuildOutput{subject, line});
    }
    if (!result.exit_code) throw Cancelled("interrupted");
    if (*result.exit_code == 0) return "";
    auto failure = action.container.service + " hook exited with status " +
                   std::to_string(*result.exit_code) + " (" + step.cause + ")" + last_words(result.output);
    const bool never_ran = (*result.exit_code == 126 || *result.exit_code == 127) &&
                           result.output.find("OCI runtime") != std::string::npos;
    const bool unheard = never_ran && self.options_.hooks == ExecutorOptions::Hooks::unseen;
    if (action.on_failure != plan::RunHook::OnFailure::warn && !unheard) throw Error(failure);
    return failure;
  }
  void operator()(const plan::RunProvider& action) const {
    self.provider_variables(action.service,
                            run_provider(action, self.options_.environment, self.sink_, stop));
  }
  // These only wait, which is the coordinator's.
  void operator()(const plan::StopContainer&) const {}
  void operator()(const plan::RestartContainer&) const {}
  void operator()(const plan::WaitForCondition&) const {}

  void add_provider_variables(const plan::CreateContainer& action, engine::ContainerSpec& spec) const {
    const std::lock_guard lock(self.mutex_);
    for (const auto& service : action.environment_from) {
      for (const auto& [name, value] : self.from_providers_[service])
        spec.environment.push_back(name + "=" + value);
    }
  }
  [[nodiscard]] std::string shared_hash(const plan::CreateContainer& action) const {
    std::map<std::string, std::string> ids;
    for (const auto& [service, container] : action.shared) ids[service] = id(container);
    return plan::shared_config_hash(action.hash_text, ids);
  }
  /// A name may belong to another container by the time the engine looks at it; an ID does not.
  void resolve_shared(engine::ContainerSpec& spec) const {
    constexpr std::string_view prefix = "container:";
    const std::lock_guard lock(self.mutex_);
    for (auto* mode : {&spec.network_mode, &spec.ipc_mode, &spec.pid_mode}) {
      if (!mode->starts_with(prefix)) continue;
      const auto found = self.created_.find(mode->substr(prefix.size()));
      if (found != self.created_.end()) *mode = std::string(prefix) + found->second;
    }
    for (auto& entry : spec.volumes_from) {
      const auto colon = entry.find(':');
      const auto found = self.created_.find(entry.substr(0, colon));
      if (found == self.created_.end()) continue;
      entry = found->second + (colon == std::string::npos ? "" : entry.substr(colon));
    }
  }
};

void StepRunner::announce(const plan::Step& step) {
  if (!step.display || !step.display->before) return;
  sink_.emit(
      event::Progress{step.display->subject, *step.display->before, event::Phase::working, step.cause});
}

StepRunner::Ending StepRunner::run(const plan::Step& step, std::stop_token stop) {
  const Arms arms{*this, step, std::move(stop)};
  return std::visit(
      [&](const auto& action) {
        if constexpr (std::is_void_v<decltype(arms(action))>) {
          arms(action);
          return Ending::as_planned;
        } else {
          return arms(action);
        }
      },
      step.action);
}

std::unique_ptr<engine::PendingCall> StepRunner::begin(const plan::Step& step) {
  if (const auto* restart = std::get_if<plan::RestartContainer>(&step.action))
    return engine_.restart_container(id_of(restart->container), restart->timeout_seconds);
  const auto& stop = std::get<plan::StopContainer>(step.action);
  return engine_.stop_container(id_of(stop.container), stop.timeout_seconds);
}

std::string StepRunner::id_of(const plan::ContainerRef& container) const {
  if (!container.id.empty()) return container.id;
  const std::lock_guard lock(mutex_);
  const auto found = created_.find(container.name);
  if (found == created_.end()) throw Error("The container " + container.name + " was never created.");
  return found->second;
}

void StepRunner::created(const std::string& name, const std::string& id) {
  const std::lock_guard lock(mutex_);
  created_[name] = id;
}

std::map<std::string, Environment> StepRunner::provided() const {
  const std::lock_guard lock(mutex_);
  return from_providers_;
}

void StepRunner::provider_variables(const std::string& service,
                                    std::map<std::string, std::string> variables) {
  const std::lock_guard lock(mutex_);
  from_providers_[service] = std::move(variables);
}

}  // namespace crstack::exec
