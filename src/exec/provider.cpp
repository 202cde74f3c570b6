// SPDX-License-Identifier: MIT
#include "provider.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <functional>

#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"

namespace crstack::exec {

namespace {

/// The string value of a member of a one-line JSON object; enough for the provider's messages.
std::string json_string(const std::string& line, const std::string& key) {
  auto at = line.find("\"" + key + "\"");
  if (at == std::string::npos) return "";
  at = line.find(':', at + key.size() + 2);
  if (at == std::string::npos) return "";
  at = line.find('"', at);
  if (at == std::string::npos) return "";
  std::string value;
  for (++at; at < line.size() && line[at] != '"'; ++at) {
    if (line[at] != '\\' || at + 1 == line.size()) {
      value += line[at];
      continue;
    }
    const char escaped = line[++at];
    value += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped;
  }
  return value;
}

std::vector<std::string> arguments(const plan::RunProvider& action, const std::string& program) {
  const bool up = action.operation == plan::RunProvider::Operation::up;
  std::vector<std::string> out{program, "compose", "--project-name=" + action.project, up ? "up" : "down"};
  for (const auto& [name, values] : action.provider.options) {
    for (const auto& value : values) out.push_back("--" + name + "=" + value);
  }
  out.push_back(action.service);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  for (auto& text : strings) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

/// Starts a program with its standard output on a pipe; gives its ID and the pipe's other end.
std::pair<pid_t, int> spawn(std::vector<std::string> command,
                            const std::map<std::string, std::string>& environment) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw Error(std::string("pipe: ") + std::strerror(errno));
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, command[0].c_str(), &actions, nullptr, pointers(command).data(),
                                  pointers(variables).data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  if (error == 0) return {pid, pipe[0]};
  ::close(pipe[0]);
  throw Error("The provider " + command[0] + " can't be started: " + std::strerror(error) + ".");
}

void each_line(int fd, const std::function<void(const std::string&)>& use) {
  std::string pending;
  std::array<char, 4096> buffer;
  for (ssize_t count = 0; (count = ::read(fd, buffer.data(), buffer.size())) > 0 || errno == EINTR;) {
    if (count <= 0) continue;
    pending.append(buffer.data(), static_cast<std::size_t>(count));
    for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
      use(pending.substr(0, end));
      pending.erase(0, end + 1);
    }
  }
  if (!pending.empty()) use(pending);
}

std::string prefix_of(const std::string& service) {
  std::string prefix;
  for (const char c : service) {
    prefix += c == '-' || c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return prefix + "_";
}

}  // namespace

std::string find_provider(const std::string& type, const std::map<std::string, std::string>& environment) {
  if (type.find('/') != std::string::npos) return ::access(type.c_str(), X_OK) == 0 ? type : "";
  const auto found = environment.find("PATH");
  std::vector<std::string> directories =
      split(found == environment.end() ? "/usr/local/bin:/usr/bin:/bin" : found->second, ':');
  for (const auto& name : {"docker-" + type, type}) {
    for (const std::string plugins : {"/usr/local/lib/docker/cli-plugins", "/usr/libexec/docker/cli-plugins",
                                      "/usr/lib/docker/cli-plugins"}) {
      if (const auto path = plugins + "/" + name; ::access(path.c_str(), X_OK) == 0) return path;
    }
    for (const auto& directory : directories) {
      if (const auto path = directory + "/" + name; ::access(path.c_str(), X_OK) == 0) return path;
    }
  }
  return "";
}

std::map<std::string, std::string> run_provider(const plan::RunProvider& action,
                                                const std::map<std::string, std::string>& environment,
                                                event::EventSink& sink, std::stop_token stop) {
  const auto program = find_provider(action.provider.type, environment);
  if (program.empty()) {
    throw Error("No program for the provider " + action.provider.type + " of service " + action.service + ".",
                "Put docker-" + action.provider.type + " or " + action.provider.type + " into the PATH.");
  }
  const auto [pid, fd] = spawn(arguments(action, program), environment);
  const std::stop_callback end(stop, [pid = pid] { ::kill(pid, SIGTERM); });
  const event::Subject subject{event::ResourceKind::service, action.service, action.service};
  std::map<std::string, std::string> variables;
  std::string failure;
  each_line(fd, [&](const std::string& line) {
    const auto type = json_string(line, "type"), message = json_string(line, "message");
    const auto equals = message.find('=');
    if (type == "error") failure = message;
    if (type == "info") sink.emit(event::BuildOutput{subject, message});
    if (type == "setenv" && equals != std::string::npos) {
      variables[prefix_of(action.service) + message.substr(0, equals)] = message.substr(equals + 1);
    }
  });
  ::close(fd);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!failure.empty()) throw Error("The provider of service " + action.service + " failed: " + failure);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw Error("The provider of service " + action.service + " failed.");
  }
  return variables;
}

}  // namespace crstack::exec
