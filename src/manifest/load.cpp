// SPDX-License-Identifier: MIT
#include "crstack/manifest/load.hpp"

#include <algorithm>

#include <filesystem>

#include "assembler.hpp"
#include "consistency.hpp"
#include "discovery.hpp"
#include "explain.hpp"
#include "file_path.hpp"
#include "profiles.hpp"
#include "service_env.hpp"
#include "template.hpp"

namespace crstack::manifest {

namespace {

[[noreturn]] void no_manifest(const LoadOptions& options) {
  throw UsageError("no configuration file provided: not found",
                   "there is no manifest in " + options.current_directory +
                       " or above it: name one with -f, or make a compose.yaml");
}

/// One load, from the options to the project.
class Loading {
 public:
  explicit Loading(const LoadOptions& options)
      : options_(options), diagnostics_(sources_), assembler_(options, sources_, diagnostics_) {}

  Loaded run() {
    start();
    return load_started();
  }

 private:
  Loaded load_started() {
    if (start_.files.empty()) no_manifest(options_);
    name_project();
    const Scope scope{start_.working_directory, start_.working_directory, start_.environment, {}};
    Node tree = assembler_.load_model(start_.files, scope);
    Node inactive = Node::map();
    complete(tree, inactive);
    diagnostics_.throw_if_errors();
    Loaded loaded;
    if (const Node* services = tree.find("services")) add_profiles(*services, loaded.profiles);
    add_profiles(inactive, loaded.profiles);
    if (options_.interpolate) loaded.project = decode(tree, inactive, context_, diagnostics_);
    diagnostics_.throw_if_errors();
    describe(loaded.project.edit());
    loaded.model = std::make_shared<const Node>(std::move(tree));
    loaded.warnings = diagnostics_.warnings();
    return loaded;
  }

 public:
  Explanation explain(const std::string& path) {
    start();
    ExplainListener listener(path, start_, sources_);
    assembler_.set_listener(&listener);
    const Loaded loaded = load_started();
    Explanation explanation;
    auto& steps = explanation.steps = listener.steps();
    const Node* value = find_value(*loaded.model, split_path(path));
    if (!value) return explanation;
    explanation.found = true;
    explanation.value = value->scalar_text();
    if (value->mark.known())
      explanation.from = {sources_.name(value->mark.file), static_cast<int>(value->mark.line),
                          static_cast<int>(value->mark.column)};
    // What comes behind the winner stands in another entry of a list.
    const auto winner = std::find_if(steps.begin(), steps.end(), [&](const ExplainStep& step) {
      return explanation.from && step.where.file == explanation.from->file &&
             step.where.line == explanation.from->line && step.where.column == explanation.from->column;
    });
    if (winner != steps.end()) steps.erase(winner + 1, steps.end());
    return explanation;
  }

  std::optional<std::string> project_name() {
    start();
    std::string given = given_project_name(options_, start_.environment);
    if (!given.empty()) return given;
    if (start_.files.empty()) return {};
    name_project();
    return context_.project_name;
  }

 private:
  void start() { start_ = discover(options_, sources_, diagnostics_); }

  /// The last `name` of the manifests, if any; else the name of the directory.
  void name_project() {
    std::string name = given_project_name(options_, start_.environment);
    const Node* named = nullptr;
    for (const std::string& file : start_.files)
      for (const Document& document : assembler_.documents(file, {})) {
        if (const Node* found = document.root.find("name"); found && !found->scalar_text().empty())
          named = found;
        else if (document.clears({"name"}))
          named = nullptr;
      }
    if (name.empty() && named) {
      name = options_.interpolate ? interpolated(*named) : named->scalar_text();
      if (options_.normalize) name = normalise_project_name(name);
    } else if (name.empty()) {
      name = name_of_directory();
    }
    if (name.empty() && !diagnostics_.has_errors())
      diagnostics_.error(named ? named->mark : Mark{}, "name", "project name must not be empty",
                         "give a name with letters or digits in it: `name:` or -p");
    context_.options = &options_;
    context_.project_name = name;
    context_.working_directory = start_.working_directory;
    start_.environment["COMPOSE_PROJECT_NAME"] = name;
    context_.environment = start_.environment;
    context_.profiles = start_.profiles;
  }

  std::string name_of_directory() {
    const auto& directory = options_.home.empty() ? start_.working_directory : options_.home;
    auto name = normalise_project_name(base_name(directory));
    if (std::filesystem::is_symlink(directory))
      diagnostics_.warning(
          {}, "name",
          "project has been loaded without an explicit name from a symlink. Using name \"" + name + "\"");
    return name;
  }

  std::string interpolated(const Node& name) {
    const Substitution result = substitute(name.scalar_text(), lookup_in(start_.environment));
    if (!result.problem.empty())
      diagnostics_.error(name.mark, "name", result.problem + " (needed by 'name')",
                         "set it, or give a default");
    return result.text;
  }

  void complete(Node& tree, Node& inactive) {
    if (diagnostics_.has_errors()) return best_effort(tree, inactive);
    // As it was written, where nothing else is done to the manifest either.
    if (options_.interpolate || options_.normalize) tree.set("name", Node::string(context_.project_name));
    if (options_.normalize) normalise(tree, context_, diagnostics_);
    if (!options_.interpolate && !options_.finish_raw) return;
    manifest::finish(tree, diagnostics_);
    inactive = take_inactive(tree, start_.profiles, options_.services);
    if (options_.check_consistency) {
      check_consistency(tree, inactive, context_, diagnostics_);
      share_scale(tree);
    }
    // Services that don't run need no files.
    read_env_files(tree);
    if (!options_.all_resources) drop_unused(tree);
    if (!tree.find("services")) tree.set("services", Node::map());
  }

  /// Even with errors in it, a tree may be whole enough to tell what else is wrong with it.
  void best_effort(Node& tree, Node& inactive) {
    if (!options_.interpolate) return;
    if (options_.normalize) imply_dependencies(tree);
    manifest::finish(tree, diagnostics_);
    inactive = take_inactive(tree, start_.profiles, options_.services);
    if (options_.check_consistency)
      check_consistency(tree, inactive, context_, diagnostics_, assembler_.unfinished());
    read_env_files(tree);
  }

  void read_env_files(Node& tree) {
    if (Node* services = tree.find("services"); services && services->is_map())
      inline_env_files(*services, context_, sources_, diagnostics_);
  }

  void describe(project::Project& project) const {
    project.name = context_.project_name;
    project.working_dir = start_.working_directory;
    project.config_files = start_.files;
    if (!options_.env_files.empty()) project.environment_files = start_.env_files;
    project.environment = context_.environment;
  }

  const LoadOptions& options_;
  Sources sources_;
  Diagnostics diagnostics_;
  Assembler assembler_;
  Start start_;
  Context context_;
};

}  // namespace

Loaded load(const LoadOptions& options) {
  return Loading(options).run();
}

Explanation explain(const LoadOptions& options, const std::string& path) {
  return Loading(options).explain(path);
}

std::optional<std::string> find_project_name(const LoadOptions& options) {
  return Loading(options).project_name();
}

}  // namespace crstack::manifest
