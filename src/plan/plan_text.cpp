// SPDX-License-Identifier: MIT
#include "crstack/base/text.hpp"
#include "crstack/plan/plan.hpp"

namespace crstack::plan {

namespace {

const char* words(WaitFor condition) {
  switch (condition) {
    case WaitFor::healthy:
      return "healthy";
    case WaitFor::completed_successfully:
      return "completed";
    case WaitFor::running_or_healthy:
      return "running or healthy";
  }
  return "";
}

std::string within(const std::optional<int>& seconds) {
  return seconds ? " within " + std::to_string(*seconds) + "s" : "";
}

struct Text {
  std::string operator()(const PullImage& step) const { return "pull image " + step.image; }
  std::string operator()(const BuildImage& step) const { return "build image " + step.image; }
  std::string operator()(const CreateNetwork& step) const { return "create network " + step.spec.name; }
  std::string operator()(const RemoveNetwork& step) const { return "remove network " + step.name; }
  std::string operator()(const CreateVolume& step) const { return "create volume " + step.spec.name; }
  std::string operator()(const RemoveVolume& step) const { return "remove volume " + step.name; }
  std::string operator()(const GenerateSecret& step) const { return "generate secret " + step.key; }
  std::string operator()(const CreateContainer& step) const {
    const bool temporary = step.spec->name != step.container.name;
    return "create container " + step.container.name + (temporary ? " as " + step.spec->name : "");
  }
  std::string operator()(const ConnectNetwork& step) const {
    return "connect " + step.container.name + " to network " + step.network;
  }
  std::string operator()(const DisconnectNetwork& step) const {
    return "disconnect " + step.container.name + " from network " + step.network;
  }
  std::string operator()(const CopyFiles& step) const {
    std::vector<std::string> paths;
    for (const auto& file : step.files) paths.push_back(file.path);
    return "copy " + join(paths, ", ") + " into " + step.container.name;
  }
  std::string operator()(const RenameContainer& step) const { return "rename container to " + step.to; }
  std::string operator()(const StartContainer& step) const { return "start " + step.container.name; }
  std::string operator()(const StopContainer& step) const {
    return "stop " + step.container.name + within(step.timeout_seconds);
  }
  std::string operator()(const RestartContainer& step) const {
    return "restart " + step.container.name + within(step.timeout_seconds);
  }
  std::string operator()(const KillContainer& step) const {
    return "kill " + step.container.name + " with " + step.signal;
  }
  std::string operator()(const PauseContainer& step) const { return "pause " + step.container.name; }
  std::string operator()(const UnpauseContainer& step) const { return "unpause " + step.container.name; }
  std::string operator()(const RemoveContainer& step) const {
    const bool volumes = step.volumes == engine::Containers::AnonymousVolumes::remove;
    return "remove container " + step.container.name + (volumes ? " and its anonymous volumes" : "");
  }
  std::string operator()(const RemoveImage& step) const { return "remove image " + step.image; }
  std::string operator()(const RunHook& step) const {
    return "run hook in " + step.container.name + ": " + join(step.hook.command, " ");
  }
  std::string operator()(const RunProvider& step) const {
    const bool up = step.operation == RunProvider::Operation::up;
    return "provider " + step.provider.type + (up ? " up " : " down ") + step.service;
  }
  std::string operator()(const WaitForCondition& step) const {
    return "wait for " + step.service + " (" + words(step.condition) + (step.required ? ")" : ", optional)");
  }
};

struct ServiceOf {
  template <typename Action>
  std::string operator()(const Action& action) const {
    if constexpr (requires { action.container; }) {
      return action.container.service;
    } else if constexpr (requires { action.service; }) {
      return action.service;
    } else {
      return {};
    }
  }
};

}  // namespace

std::string to_string(const Action& action) {
  return std::visit(Text{}, action);
}

bool gets_image(const Action& action) {
  return std::holds_alternative<PullImage>(action) || std::holds_alternative<BuildImage>(action);
}

std::string service_of(const Action& action) {
  return std::visit(ServiceOf{}, action);
}

std::string to_string(const Plan& plan) {
  std::string out;
  const std::size_t width = std::to_string(plan.steps.size()).size();
  for (const auto& step : plan.steps) {
    const std::string id = std::to_string(step.id);
    out += std::string(width - id.size(), ' ') + id + "  " + to_string(step.action);
    std::vector<std::string> after;
    for (const auto dependency : step.depends_on) after.push_back(std::to_string(dependency));
    if (!after.empty()) out += "  after " + join(after, ", ");
    if (!step.cause.empty()) out += "  (" + step.cause + ")";
    out += "\n";
  }
  for (const auto& warning : plan.warnings) out += "warning: " + warning + "\n";
  return out;
}

}  // namespace crstack::plan
