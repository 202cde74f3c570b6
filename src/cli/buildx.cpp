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

#include "cli/value.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"
#include "crstack/plan/container_spec.hpp"

extern char** environ;

namespace crstack::cli {
namespace {

namespace fs = std::filesystem;
using Fields = std::vector<std::pair<std::string, Value>>;

std::string variable(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found != environment.end() ? found->second : std::string();
}

void add_text(Fields& fields, const std::string& name, const std::string& text) {
  if (!text.empty()) fields.emplace_back(name, text);
}

void add_list(Fields& fields, const std::string& name, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  std::vector<Value> items(texts.begin(), texts.end());
  fields.emplace_back(name, Value::list(std::move(items)));
}

void add_map(Fields& fields, const std::string& name, const std::map<std::string, std::string>& texts) {
  if (texts.empty()) return;
  Fields entries(texts.begin(), texts.end());
  fields.emplace_back(name, Value::record(std::move(entries)));
}

std::map<std::string, std::string> args_of(const project::Build& build, const Environment& environment) {
  std::map<std::string, std::string> args;
  for (const auto& [name, value] : build.args) {
    const auto found = environment.find(name);
    if (value) {
      args[name] = *value;
    } else if (found != environment.end()) {
      args[name] = found->second;
    }
  }
  return args;
}

std::vector<std::string> attestations(const project::Build& build, const BuildSettings& settings) {
  std::vector<std::string> all;
  const auto add = [&](const std::string& type, const std::string& value) {
    if (value == "false") {
      all.push_back("type=" + type + ",disabled=true");
    } else if (!value.empty()) {
      all.push_back("type=" + type + (value == "true" ? "" : "," + value));
    }
  };
  add("provenance", settings.provenance.empty() ? build.provenance : settings.provenance);
  add("sbom", settings.sbom.empty() ? build.sbom : settings.sbom);
  return all;
}

std::vector<std::string> ulimits_of(const project::Build& build) {
  std::vector<std::string> all;
  for (const auto& [name, limit] : build.ulimits)
    all.push_back(name + "=" + std::to_string(limit.soft) + ":" + std::to_string(limit.hard));
  return all;
}

std::vector<std::string> secrets_of(const project::Build& build, const project::Project& project) {
  std::vector<std::string> all;
  for (const auto& reference : build.secrets) {
    const auto found = project.secrets.find(reference.source);
    if (found == project.secrets.end()) continue;
    const auto& secret = found->second;
    const auto id = "id=" + (reference.target.empty() ? reference.source : reference.target);
    all.push_back(secret.environment.empty() ? id + ",type=file,src=" + secret.file
                                             : id + ",type=env,env=" + secret.environment);
  }
  return all;
}

std::map<std::string, std::string> contexts_of(const project::Build& build, const project::Project& project) {
  auto contexts = build.additional_contexts;
  for (auto& [name, source] : contexts) {
    if (!source.starts_with("service:")) continue;
    const auto found = project.services.find(source.substr(8));
    if (found != project.services.end())
      source = "docker-image://" + plan::image_name(project, found->second);
  }
  return contexts;
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

class BuildxBuilder final : public exec::ImageBuilder {
 public:
  BuildxBuilder(Context& context, std::string path, BuildSettings settings)
      : environment_(context.environment()),
        project_(context.project()),
        path_(std::move(path)),
        settings_(std::move(settings)) {}

  void build(const plan::BuildImage& step, event::EventSink& sink, std::stop_token stop) override {
    Pipe input, output;
    const auto child = start(input, output);
    const std::stop_callback end(stop, [child] { kill(child, SIGTERM); });
    feed(input, bake_file(step, settings_, environment_, project_));
    output.close_end(1);
    const event::Subject subject{event::ResourceKind::image, step.service, step.service};
    const auto last = relay(output.ends[0], subject, sink);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    if (stop.stop_requested()) throw Cancelled("the build was interrupted");
    if (status != 0) throw Error("building " + step.service + " failed: " + last);
  }

 private:
  [[nodiscard]] std::vector<std::string> command() const {
    std::vector<std::string> words = {path_, "bake", "--file", "-", "--progress", "plain"};
    if (!settings_.builder.empty()) words.insert(words.end(), {"--builder", settings_.builder});
    words.emplace_back(settings_.push ? "--push" : "--load");
    if (settings_.check) words.emplace_back("--check");
    words.emplace_back("--allow");
    words.emplace_back("fs.read=*");
    return words;
  }

  pid_t start(const Pipe& input, const Pipe& output) const {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input.ends[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output.ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output.ends[1], STDERR_FILENO);
    const auto words = command();
    std::vector<char*> arguments;
    for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    pid_t child = -1;
    const int failed = posix_spawn(&child, path_.c_str(), &actions, nullptr, arguments.data(), environ);
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

std::string bake_file(const plan::BuildImage& step, const BuildSettings& settings,
                      const Environment& environment, const project::Project& project) {
  const auto& build = step.build;
  Fields target;
  add_text(target, "context", build.context);
  add_map(target, "contexts", contexts_of(build, project));
  if (build.dockerfile_inline.empty()) {
    add_text(target, "dockerfile", build.dockerfile);
  } else {
    add_text(target, "dockerfile-inline", build.dockerfile_inline);
  }
  add_map(target, "args", args_of(build, environment));
  add_map(target, "labels", build.labels);
  std::vector<std::string> tags = {step.image};
  tags.insert(tags.end(), build.tags.begin(), build.tags.end());
  add_list(target, "tags", tags);
  add_list(target, "cache-from", build.cache_from);
  add_list(target, "cache-to", build.cache_to);
  add_text(target, "target", build.target);
  add_text(target, "network", build.network);
  add_list(target, "entitlements", build.entitlements);
  const auto platforms = step.platform.empty() ? build.platforms : std::vector<std::string>{step.platform};
  add_list(target, "platforms", platforms);
  add_list(target, "ulimits", ulimits_of(build));
  add_list(target, "attest", attestations(build, settings));
  auto ssh = build.ssh;
  if (!settings.ssh.empty()) ssh.push_back(settings.ssh);
  add_list(target, "ssh", ssh);
  add_list(target, "secret", secrets_of(build, project));
  if (build.shm_size) target.emplace_back("shm-size", std::to_string(*build.shm_size));
  if (build.no_cache) target.emplace_back("no-cache", true);
  if (build.pull) target.emplace_back("pull", true);
  const auto group = Value::record({{"targets", Value::list({Value(step.service)})}});
  return to_json(
      Value::record({{"group", Value::record({{"default", group}})},
                     {"target", Value::record({{step.service, Value::record(std::move(target))}})}}));
}

}  // namespace crstack::cli
