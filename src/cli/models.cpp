// SPDX-License-Identifier: MIT
#include "cli/models.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>

#include "cli/docker_plugin.hpp"
#include "crstack/base/error.hpp"
#include "crstack/engine/docker_settings.hpp"
#include "crstack/engine/provider_text.hpp"
#include "crstack/graph/dependency_graph.hpp"

namespace crstack::cli {
namespace {

using Names = std::set<std::string>;

class ModelRunner {
 public:
  ModelRunner(Context& context, std::string plugin)
      : context_(context), plugin_(std::move(plugin)), environment_(context.engine_environment()) {}

  void make_ready(const std::string& key, const project::Model& model) {
    if (!there_) there_ = engine::parse_model_tags(output({"ls", "--json"}));
    const bool there = std::find(there_->begin(), there_->end(), model.model) != there_->end();
    if (!there) pull(key, model.model);
    event::Subject subject{event::ResourceKind::service, key, key};
    context_.events().emit(event::BuildOutput{subject, "Configuring"});
    std::vector<std::string> words = {"configure"};
    if (model.context_size)
      words.insert(words.end(), {"--context-size", std::to_string(*model.context_size)});
    words.push_back(model.model);
    if (!model.runtime_flags.empty()) words.emplace_back("--");
    words.insert(words.end(), model.runtime_flags.begin(), model.runtime_flags.end());
    output(words);
  }

  std::string endpoint() {
    auto found = engine::parse_model_endpoint(output({"status", "--json"}));
    if (found.empty()) throw Error("docker model runner is not running");
    return found;
  }

 private:
  void pull(const std::string& key, const std::string& model) {
    const event::Subject subject{event::ResourceKind::image, key, key};
    auto& sink = context_.events();
    sink.emit(event::Progress{subject, event::Activity::pulling, event::Phase::working, ""});
    output({"pull", model});
    sink.emit(event::Progress{subject, event::Activity::pulled, event::Phase::done, ""});
  }

  // What it writes; a failure is thrown with its last line.
  std::string output(std::vector<std::string> words) {
    words.insert(words.begin(), plugin_);
    std::string text, last;
    const int code = run_plugin(words, environment_, {},
                                [&](const std::string& line) {
                                  text += line + "\n";
                                  if (!line.empty()) last = line;
                                },
                                {});
    if (code != 0)
      throw Error("docker model " + words[1] + " ended with exit code " + std::to_string(code) + ": " + last);
    return text;
  }

  Context& context_;
  std::string plugin_;
  Environment environment_;
  std::optional<std::vector<std::string>> there_;
};

// `my-model` as `MY_MODEL_URL`.
std::string variable_of(std::string model, const char* suffix) {
  for (char& c : model) c = c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return model + suffix;
}

Names reached(const project::Project& project, const std::vector<std::string>& services) {
  Names wanted(services.begin(), services.end());
  if (wanted.empty())
    for (const auto& [name, service] : project.services) wanted.insert(name);
  std::erase_if(wanted, [&](const auto& name) { return !project.services.contains(name); });
  return graph::DependencyGraph(project).with_dependencies(wanted);
}

}  // namespace

void provide_models(Context& context, Shared<project::Project>& shared,
                    const std::vector<std::string>& services) {
  const auto users = reached(*shared, services);
  Names used;
  for (const auto& name : users)
    for (const auto& [key, use] : shared->services.at(name).models) used.insert(key);
  if (used.empty()) return;
  auto& project = shared.edit();
  const auto plugin = engine::find_plugin("docker-model", context.environment());
  if (plugin.empty()) throw Error("'models' support requires Docker Model plugin");
  std::string endpoint;
  if (!context.dry_run()) {
    ModelRunner runner(context, plugin);
    for (const auto& key : used) runner.make_ready(key, project.models[key]);
    endpoint = runner.endpoint();
  }
  for (const auto& name : users) {
    auto& service = project.services.at(name);
    for (const auto& [key, use] : service.models) {
      service.environment[use.endpoint_var.empty() ? variable_of(key, "_URL") : use.endpoint_var] = endpoint;
      service.environment[use.model_var.empty() ? variable_of(key, "_MODEL") : use.model_var] =
          project.models[key].model;
    }
  }
}

}  // namespace crstack::cli
