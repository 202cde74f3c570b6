// SPDX-License-Identifier: MIT
#include "cli/docker_plugin.hpp"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "crstack/base/error.hpp"
#include "crstack/base/process.hpp"

namespace crstack::cli {
namespace {

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

pid_t start(const std::vector<std::string>& words, Environment environment, const Pipe& input,
            const Pipe& output) {
  // without what docker told this process as its plugin: buildx would take itself for the plugin that is
  // meant
  std::erase_if(environment, [](const auto& one) { return one.first.starts_with("DOCKER_CLI_PLUGIN_"); });
  const auto child =
      spawn(words, {input.ends[0], output.ends[1], output.ends[1]}, StopSignals::delivered, &environment);
  if (child < 0) throw Error("cannot start " + words.front() + ": " + std::strerror(errno));
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

}  // namespace

int run_plugin(const std::vector<std::string>& command, const Environment& environment,
               std::string_view input, const std::function<void(const std::string&)>& line,
               std::stop_token stop) {
  Pipe in, out;
  EndOnStop child(start(command, environment, in, out), stop);
  feed(in, input);
  out.close_end(1);
  each_line(out.ends[0], line);
  const int status = child.reap();
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace crstack::cli
