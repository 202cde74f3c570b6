// SPDX-License-Identifier: MIT
#include "provider.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <functional>
#include <optional>

#include "crstack/base/error.hpp"
#include "crstack/base/process.hpp"
#include "crstack/base/text.hpp"
#include "crstack/engine/docker_settings.hpp"
#include "crstack/engine/provider_text.hpp"

namespace crstack::exec {

namespace {

using Parameters = std::optional<std::map<std::string, bool>>;

std::vector<std::string> arguments(const plan::RunProvider& action, const std::string& program,
                                   const char* command, const Parameters& parameters) {
  std::vector<std::string> out{program, "compose", "--project-name=" + action.project, command};
  for (const auto& [name, values] : action.provider.options) {
    if (parameters && !parameters->contains(name)) continue;
    for (const auto& value : values) out.push_back("--" + name + "=" + value);
  }
  out.push_back(action.service);
  return out;
}

void check_required(const plan::RunProvider& action, const Parameters& parameters) {
  if (!parameters) return;
  for (const auto& [name, required] : *parameters) {
    if (!required || action.provider.options.contains(name)) continue;
    throw Error("required parameter \"" + name + "\" is missing from provider \"" + action.provider.type +
                "\" definition");
  }
}

/// Starts a program with its standard output on a pipe; gives its ID and the pipe's other end.
std::pair<pid_t, int> start(const std::vector<std::string>& command, const Environment& environment) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw Error(std::string("pipe: ") + std::strerror(errno));
  const auto pid = spawn(command, {-1, pipe[1], -1}, StopSignals::delivered, &environment);
  const int error = errno;
  ::close(pipe[1]);
  if (pid > 0) return {pid, pipe[0]};
  ::close(pipe[0]);
  throw Error("The provider " + command[0] + " can't be started: " + std::strerror(error) + ".");
}

std::string describe(int status) {
  if (WIFEXITED(status)) return "exit status " + std::to_string(WEXITSTATUS(status));
  return std::string("signal: ") + ::strsignal(WTERMSIG(status));
}

/// What the program says that the command takes; programs need not know `metadata`.
Parameters parameters_of(const std::string& program, const char* command, const Environment& environment) {
  const auto [pid, fd] = start({program, "compose", "metadata"}, environment);
  std::string text;
  each_line(fd, [&](const std::string& line) { text += line + "\n"; });
  ::close(fd);
  const int status = reap(pid);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
  return engine::parse_provider_parameters(text, command);
}

std::string prefix_of(const std::string& service) {
  std::string prefix;
  for (const char c : service) prefix += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return prefix + "_";
}

std::string shell_name(std::string name) {
  for (char& c : name)
    if (c == '-' || c == '.') c = '_';
  return name;
}

/// What is wrong with what the program says, or nothing.
std::string set_variable(const std::string& service, const engine::ProviderMessage& said,
                         std::map<std::string, std::string>& variables) {
  constexpr char invalid[] = "invalid response from plugin: ";
  const auto& [type, message] = said;
  if (type == "info" || type == "debug") return "";
  if (type != "setenv" && type != "rawsetenv") return invalid + type;
  const auto equals = message.find('=');
  if (equals == std::string::npos) return invalid + message;
  const auto name = message.substr(0, equals), value = message.substr(equals + 1);
  if (type == "rawsetenv") {
    variables[name] = value;
    return "";
  }
  variables[prefix_of(service) + name] = value;
  // a shell can't read a name with `-` in it: there is one more for it
  variables[shell_name(prefix_of(service) + name)] = value;
  return "";
}

}  // namespace

std::string find_provider(const std::string& type, const Environment& environment) {
  if (type.find('/') != std::string::npos) return ::access(type.c_str(), X_OK) == 0 ? type : "";
  if (auto plugin = engine::find_plugin("docker-" + type, environment); !plugin.empty()) return plugin;
  const auto path = environment.contains("PATH") ? environment.at("PATH") : "/usr/local/bin:/usr/bin:/bin";
  for (const auto& name : {"docker-" + type, type}) {
    for (const auto& directory : split(path, ':'))
      if (auto program = directory + "/" + name; ::access(program.c_str(), X_OK) == 0) return program;
  }
  return "";
}

std::map<std::string, std::string> run_provider(const plan::RunProvider& action,
                                                const Environment& environment, event::EventSink& sink,
                                                std::stop_token stop) {
  const auto program = find_provider(action.provider.type, environment);
  if (program.empty()) {
    throw Error("exec: \"" + action.provider.type + "\": executable file not found in $PATH",
                "It provides service " + action.service + ": put docker-" + action.provider.type + " or " +
                    action.provider.type + " into the PATH.");
  }
  const bool up = action.operation == plan::RunProvider::Operation::up;
  const char* command = up ? "up" : "down";
  const auto parameters = parameters_of(program, command, environment);
  check_required(action, parameters);
  const auto [pid, fd] = start(arguments(action, program, command, parameters), environment);
  EndOnStop child(pid, stop);
  const event::Subject subject{event::ResourceKind::service, action.service, action.service};
  std::map<std::string, std::string> variables;
  std::string failure;
  each_line(fd, [&](const std::string& line) {
    if (!failure.empty() || trim(line).empty()) return;
    const auto said = engine::parse_provider_message(line);
    if (!said) return static_cast<void>(failure = "invalid response from plugin: " + line);
    const auto& [type, message] = *said;
    if (type == "info") sink.emit(event::BuildOutput{subject, message});
    failure = type == "error" ? message : set_variable(action.service, *said, variables);
  });
  ::close(fd);
  const int status = child.reap();
  if (!failure.empty()) throw Error(failure);
  if (status != 0)
    throw Error(std::string("failed to ") + (up ? "create" : "remove") +
                " service provider: " + describe(status));
  return variables;
}

}  // namespace crstack::exec
