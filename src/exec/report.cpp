// SPDX-License-Identifier: MIT
#include "report.hpp"

#include <array>
#include <ctime>

#include "crstack/base/text.hpp"

namespace crstack::exec {

namespace {

constexpr char log_lines[] = "20";

using Failure = Gate::Failure;

struct Signal {
  int number;
  const char* words;
};
constexpr Signal signals[] = {{1, "SIGHUP"},
                              {2, "SIGINT: interrupted"},
                              {3, "SIGQUIT"},
                              {4, "SIGILL: not a program for this processor"},
                              {6, "SIGABRT: it gave up by itself"},
                              {7, "SIGBUS"},
                              {8, "SIGFPE: a division by zero, say"},
                              {9, "SIGKILL: killed, by hand or for memory"},
                              {11, "SIGSEGV: it touched memory that is not its own"},
                              {13, "SIGPIPE"},
                              {15, "SIGTERM: asked to stop"}};

std::string rfc3339(engine::WallTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text.data();
}

event::ProbeRecord record_of(const engine::HealthProbe& probe) {
  return {rfc3339(probe.start), probe.exit_code, std::string(trim(probe.output))};
}

/// The last lines of a container's log. The engine may be gone, or the container: then there are none.
void add_logs(engine::Engine& engine, const std::string& container, event::FailureReport& report) {
  engine::LogOptions options;
  options.tail = log_lines;
  std::string text;
  try {
    const auto collect = [&](engine::StreamKind, std::string_view bytes) {
      text.append(bytes);
      return true;
    };
    engine.logs(container, options, collect, {});
  } catch (const Error&) {
  }
  for (auto& line : split(text, '\n')) {
    if (!line.empty()) report.log_lines.push_back(std::move(line));
  }
}

void add_probes(engine::Engine& engine, const std::string& container, event::FailureReport& report) {
  try {
    for (const auto& probe : engine.inspect_container(container).probes) {
      report.probes.push_back(record_of(probe));
    }
  } catch (const Error&) {
  }
}

/// The engine's own probes; where it has made none yet, crstack's.
void add_probes(engine::Engine& engine, const Watched& watched, event::FailureReport& report) {
  add_probes(engine, watched.container.id, report);
  const Failure failure = watched.gate.failure();
  const bool tells = failure == Failure::unhealthy || failure == Failure::none;
  if (tells && report.probes.empty() && watched.own_probe)
    report.probes.push_back(record_of(*watched.own_probe));
}

/// In docker compose's words where it has some: scripts look for them.
std::string words(const Gate& gate, const plan::ContainerRef& container) {
  const std::string code = std::to_string(gate.exit_code().value_or(0));
  const std::string name = "container " + container.name;
  switch (gate.failure()) {
    case Failure::exited:
      if (gate.condition() == plan::WaitFor::completed_successfully)
        return "service \"" + container.service + "\" didn't complete successfully: exit " + code;
      return name + " exited (" + code + ")";
    case Failure::out_of_memory:
      return name + " was killed because it ran out of memory";
    case Failure::crash_loop:
      return name + " keeps crashing: it was restarted again and again, the last time after exit code " +
             code;
    case Failure::unhealthy:
      return name + " is unhealthy";
    case Failure::no_health_check:
      return name + " has no healthcheck configured";
    case Failure::removed:
      return name + " was removed while others waited for it";
    case Failure::none:
      break;
  }
  return name + " failed";
}

std::string hint(Failure failure) {
  switch (failure) {
    case Failure::out_of_memory:
      return "Give the service more memory (mem_limit, deploy.resources.limits.memory).";
    case Failure::no_health_check:
      return "Give the service a healthcheck, or wait for service_started.";
    default:
      return "";
  }
}

/// The number that follows the last colon before one of the engine's phrases for a port that is taken.
std::string port_of(const std::string& message) {
  const auto bind = message.find("Bind for ");
  const auto start = bind == std::string::npos ? message.find("listen ") : bind;
  if (start == std::string::npos) return "";
  const auto colon = message.find(':', message.find_first_of("0123456789[", start));
  const auto end = message.find_first_not_of("0123456789", colon + 1);
  return colon == std::string::npos ? "" : message.substr(colon + 1, end - colon - 1);
}

/// What stands between two texts; empty where they are not there.
std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const auto start = text.find(before);
  if (start == std::string::npos) return "";
  const auto end = text.find(after, start + before.size());
  return end == std::string::npos ? "" : text.substr(start + before.size(), end - start - before.size());
}

/// A command that the engine could not run: runc's or crun's words for it, and the exit code that the engine
/// gives it.
void classify_command(const std::string& message, event::FailureReport& report) {
  std::string command = between(message, "exec: \"", "\": ");
  if (command.empty()) command = between(message, "crun: executable file `", "` not found");
  if (command.empty()) return;
  const auto says = [&](const char* words) { return message.find(words) != std::string::npos; };
  if (says("executable file") || says("no such file or directory")) {
    report.exit_code = 127;
    report.what = "its command " + command + " is not in the image: " + message;
    report.hint = "Check command and entrypoint, and the first line of the program if it is a script.";
  } else if (says("permission denied")) {
    report.exit_code = 126;
    report.what = "its command " + command + " can't be executed: " + message;
    report.hint = "Make it executable (chmod +x), or run it by its interpreter.";
  }
  if (report.exit_code) report.meaning = meaning_of(*report.exit_code);
}

void classify(const plan::Step& step, const std::string& message, event::FailureReport& report) {
  if (message.find("port is already allocated") != std::string::npos ||
      message.find("address already in use") != std::string::npos) {
    const auto port = port_of(message);
    report.what = (port.empty() ? "its port" : "port " + port) + " is already in use: " + message;
    report.hint = "Stop what listens there (ss -ltnp shows it), or publish another port.";
    return;
  }
  if (const auto* pull = std::get_if<plan::PullImage>(&step.action); pull != nullptr) {
    report.what = "the image " + pull->image + " can't be pulled: " + message;
    if (report.hint.empty())
      report.hint = "Check its name, whether its registry can be reached, and docker login.";
    return;
  }
  if (const auto* create = std::get_if<plan::CreateNetwork>(&step.action); create != nullptr) {
    report.what = "failed to create network " + create->spec.name + ": " + message;
    return;
  }
  if (const auto* create = std::get_if<plan::CreateContainer>(&step.action);
      create != nullptr && message.find("No such image") != std::string::npos) {
    report.what = "the image " + create->spec->image + " is not there: " + message;
    report.hint = "Pull it, build it, or correct its name.";
    return;
  }
  if (const auto path = between(message + "\n", "bind source path does not exist: ", "\n"); !path.empty()) {
    report.what = "what it mounts is not there: " + message;
    report.hint = "Create it, correct the path, or set create_host_path: true.";
    return;
  }
  const bool of_container = !std::holds_alternative<plan::RunProvider>(step.action) &&
                            !std::holds_alternative<plan::BuildImage>(step.action);
  if (of_container) classify_command(message, report);
  if (message.find("is already in use by container") != std::string::npos) {
    report.hint = "Remove or rename the container that has the name.";
  }
}

}  // namespace

std::string meaning_of(int exit_code) {
  if (exit_code == 125) return "the engine could not run it";
  if (exit_code == 126) return "its command can't be executed";
  if (exit_code == 127) return "its command was not found";
  if (exit_code <= 128) return "";
  for (const auto& signal : signals) {
    if (exit_code == 128 + signal.number) return signal.words;
  }
  return "signal " + std::to_string(exit_code - 128);
}

event::Progress pull_failure(const event::Subject& subject, const plan::PullImage& pull, std::string what) {
  constexpr std::string_view daemon = "Error response from daemon: ";
  if (const auto from = what.find(daemon); from != std::string::npos) what.erase(0, from + daemon.size());
  const bool buildable = pull.buildable == plan::PullImage::Buildable::yes;
  return {subject, buildable ? event::Activity::warning : event::Activity::error, event::Phase::failed,
          std::move(what)};
}

std::string unmet(const Gate& gate) {
  if (gate.condition() == plan::WaitFor::completed_successfully) return "has not ended";
  return gate.has_health_check() ? "is not healthy" : "is not running";
}

event::FailureReport report_of(engine::Engine& engine, const Watched& watched) {
  event::FailureReport report;
  report.service = watched.container.service;
  report.container = watched.container.name;
  report.what = words(watched.gate, watched.container);
  report.exit_code = watched.gate.exit_code();
  if (report.exit_code) report.meaning = meaning_of(*report.exit_code);
  if (watched.gate.failure() == Failure::out_of_memory)
    report.meaning = "SIGKILL: the kernel killed it for memory";
  report.hint = hint(watched.gate.failure());
  add_probes(engine, watched, report);
  add_logs(engine, watched.container.id, report);
  return report;
}

event::FailureReport report_of(engine::Engine& engine, const plan::Step& step, const std::string& container,
                               const Error& error) {
  event::FailureReport report;
  report.service = plan::service_of(step.action);
  if (step.display && step.display->subject.kind == event::ResourceKind::container) {
    report.container = step.display->subject.name;
  }
  report.what = error.what();
  report.hint = error.hint();
  classify(step, error.what(), report);
  const bool has_run = std::holds_alternative<plan::StartContainer>(step.action) ||
                       std::holds_alternative<plan::RunHook>(step.action);
  if (has_run && !container.empty()) add_logs(engine, container, report);
  return report;
}

}  // namespace crstack::exec
