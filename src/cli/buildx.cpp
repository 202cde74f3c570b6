// SPDX-License-Identifier: MIT
#include "cli/buildx.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <filesystem>

#include "cli/bake_file.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"

extern char** environ;

namespace crstack::cli {
namespace {

namespace fs = std::filesystem;

std::string variable(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found != environment.end() ? found->second : std::string();
}

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

class BuildxBuilder final : public exec::ImageBuilder {
 public:
  BuildxBuilder(Context& context, std::string path, BuildSettings settings)
      : environment_(context.environment()),
        project_(context.project()),
        path_(std::move(path)),
        settings_(std::move(settings)) {}

  void build(const plan::BuildImage& step, event::EventSink& sink, std::stop_token stop) override {
    Pipe input, output;
    const auto child = start(command(step.build), input, output);
    const std::stop_callback end(stop, [child] { kill(child, SIGTERM); });
    feed(input, to_json(bake_file({step}, settings_, environment_, project_)));
    output.close_end(1);
    const event::Subject subject{event::ResourceKind::image, step.service, step.service};
    const auto last = relay(output.ends[0], subject, sink);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    if (stop.stop_requested()) throw Cancelled("the build was interrupted");
    if (status != 0) throw Error(last.starts_with("ERROR: ") ? last.substr(7) : last);
  }

  [[nodiscard]] Shows shows() const override { return Shows::image; }

 private:
  [[nodiscard]] std::vector<std::string> command(const project::Build& build) const {
    std::vector<std::string> words = {path_, "bake", "--file", "-", "--progress", "plain"};
    if (!settings_.builder.empty()) words.insert(words.end(), {"--builder", settings_.builder});
    auto allowed = entitlements_of(build);
    allowed.insert(allowed.end(), {"fs.read=*", "fs.write=*"});
    for (const auto& entitlement : allowed) words.insert(words.end(), {"--allow", entitlement});
    return words;
  }

  pid_t start(const std::vector<std::string>& words, const Pipe& input, const Pipe& output) const {
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
        posix_spawn(&child, path_.c_str(), &actions, nullptr, arguments.data(), variables.data());
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) throw Error("cannot start " + path_ + ": " + std::strerror(failed));
    return child;
  }

  static void feed(Pipe& input, std::string_view text) {
    input.close_end(0);
    while (!text.empty()) {
      const auto written = write(input.ends[1], text.data(), text.size());
      if (written <= 0) break;  // it has ended; its own words say why
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    input.close_end(1);
  }

  // Passes the child's lines on; returns the last one, which says why a build failed.
  std::string relay(int from, const event::Subject& subject, event::EventSink& sink) const {
    std::string pending, last;
    std::array<char, 8192> buffer{};
    for (ssize_t size = 0; (size = read(from, buffer.data(), buffer.size())) > 0;) {
      pending.append(buffer.data(), static_cast<std::size_t>(size));
      for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
        const auto line = pending.substr(0, end);
        pending.erase(0, end + 1);
        if (line.empty()) continue;
        last = line;
        if (!settings_.quiet) sink.emit(event::BuildOutput{subject, line});
      }
    }
    return last;
  }

  Environment environment_;
  const project::Project& project_;
  std::string path_;
  BuildSettings settings_;
};

}  // namespace

std::string find_buildx(const Environment& environment) {
  if (variable(environment, "DOCKER_BUILDKIT") == "0") return {};
  const auto home = variable(environment, "HOME");
  const auto config = variable(environment, "DOCKER_CONFIG");
  std::vector<fs::path> directories = {config.empty() ? fs::path(home) / ".docker" : fs::path(config)};
  directories.front() /= "cli-plugins";
  for (const auto* root : {"/usr/local/lib", "/usr/local/libexec", "/usr/lib", "/usr/libexec"})
    directories.push_back(fs::path(root) / "docker" / "cli-plugins");
  for (const auto& directory : directories) {
    const auto path = directory / "docker-buildx";
    if (access(path.c_str(), X_OK) == 0) return path.string();
  }
  return {};
}

std::unique_ptr<exec::ImageBuilder> make_buildx_builder(Context& context, std::string path,
                                                        BuildSettings settings) {
  return std::make_unique<BuildxBuilder>(context, std::move(path), std::move(settings));
}

}  // namespace crstack::cli
