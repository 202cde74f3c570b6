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
#include "crstack/base/spawn_attributes.hpp"
#include "crstack/engine/docker_settings.hpp"

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

// `NAME=value`, without what docker told this process as its plugin: buildx would take itself for the plugin
// that is meant.
std::vector<std::string> entries_of(const Environment& environment) {
  std::vector<std::string> entries;
  for (const auto& [name, value] : environment)
    if (!name.starts_with("DOCKER_CLI_PLUGIN_")) entries.push_back(name + "=" + value);
  return entries;
}

// As the system wants it: pointers that live as long as the words, and null.
std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

pid_t start(std::vector<std::string> words, const Environment& environment, const Pipe& input,
            const Pipe& output) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input.ends[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output.ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output.ends[1], STDERR_FILENO);
  auto entries = entries_of(environment);
  const auto arguments = pointers_to(words), variables = pointers_to(entries);
  pid_t child = -1;
  const int failed = posix_spawn(&child, words.front().c_str(), &actions, SpawnAttributes().get(),
                                 arguments.data(), variables.data());
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
  const auto settings = engine::docker_settings(environment);
  std::vector<fs::path> directories(settings.plugin_directories.begin(), settings.plugin_directories.end());
  directories.push_back(own / "cli-plugins");
  for (const auto* root : {"/usr/local/lib", "/usr/local/libexec", "/usr/lib", "/usr/libexec"})
    directories.push_back(fs::path(root) / "docker" / "cli-plugins");
  for (const auto& directory : directories) {
    const auto path = directory / program;
    if (access(path.c_str(), X_OK) == 0) return path.string();
  }
  return {};
}

int run_plugin(const std::vector<std::string>& command, const Environment& environment,
               std::string_view input, const std::function<void(const std::string&)>& line,
               std::stop_token stop) {
  Pipe in, out;
  const auto child = start(command, environment, in, out);
  const std::stop_callback end(stop, [child] { kill(child, SIGTERM); });
  feed(in, input);
  out.close_end(1);
  each_line(out.ends[0], line);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace crstack::cli
