// SPDX-License-Identifier: MIT
#include "cli/docker_plugin.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <filesystem>

#include "crstack/base/error.hpp"

extern char** environ;

namespace crstack::cli {
namespace {

namespace fs = std::filesystem;

// A child's standard input and the two ends of what it writes.
struct Pipe {
  std::array<int, 2> ends{-1, -1};
  Pipe() {
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
      throw Error("cannot make a pipe: " + std::string(std::strerror(errno)));
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_end(std::size_t end) {
    if (ends.at(end) >= 0) close(ends.at(end));
    ends.at(end) = -1;
  }
};

// Without what docker told this process as its plugin: buildx would take itself for the plugin that is meant.
std::vector<char*> own_environment() {
  std::vector<char*> variables;
  for (char** entry = environ; *entry != nullptr; ++entry)
    if (!std::string_view(*entry).starts_with("DOCKER_CLI_PLUGIN_")) variables.push_back(*entry);
  variables.push_back(nullptr);
  return variables;
}

pid_t start(const std::vector<std::string>& words, const Pipe& input, const Pipe& output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input.ends[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output.ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output.ends[1], STDERR_FILENO);
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t child = -1;
  auto variables = own_environment();
  const int failed =
      posix_spawn(&child, words.front().c_str(), &actions, nullptr, arguments.data(), variables.data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) throw Error("cannot start " + words.front() + ": " + std::strerror(failed));
  return child;
}

void feed(Pipe& input, std::string_view text) {
  input.close_end(0);
  while (!text.empty()) {
    const auto written = write(input.ends[1], text.data(), text.size());
    if (written <= 0) break;  // it has ended; its own words say why
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  input.close_end(1);
}

void each_line(int from, const std::function<void(const std::string&)>& line) {
  std::string pending;
  std::array<char, 8192> buffer{};
  for (ssize_t size = 0; (size = read(from, buffer.data(), buffer.size())) > 0;) {
    pending.append(buffer.data(), static_cast<std::size_t>(size));
    for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
      line(pending.substr(0, end));
      pending.erase(0, end + 1);
    }
  }
  if (!pending.empty()) line(pending);
}

}  // namespace

std::string find_plugin(const std::string& program, const Environment& environment) {
  const auto config = variable(environment, "DOCKER_CONFIG");
  const auto own = config.empty() ? fs::path(variable(environment, "HOME")) / ".docker" : fs::path(config);
  std::vector<fs::path> directories = {own / "cli-plugins"};
  for (const auto* root : {"/usr/local/lib", "/usr/local/libexec", "/usr/lib", "/usr/libexec"})
    directories.push_back(fs::path(root) / "docker" / "cli-plugins");
  for (const auto& directory : directories) {
    const auto path = directory / program;
    if (access(path.c_str(), X_OK) == 0) return path.string();
  }
  return {};
}

int run_plugin(const std::vector<std::string>& command, std::string_view input,
               const std::function<void(const std::string&)>& line, std::stop_token stop) {
  Pipe in, out;
  const auto child = start(command, in, out);
  const std::stop_callback end(stop, [child] { kill(child, SIGTERM); });
  feed(in, input);
  out.close_end(1);
  each_line(out.ends[0], line);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace crstack::cli
