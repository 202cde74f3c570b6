// SPDX-License-Identifier: MIT
#include "cli/context.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"

namespace crstack::cli {

manifest::LoadOptions Context::load_options() const {
  manifest::LoadOptions options;
  options.files = global_.list("file");
  options.project_name = global_.text("project-name");
  options.project_directory = global_.text("project-directory");
  if (!options.project_directory) options.project_directory = global_.text("workdir");
  options.env_files = global_.list("env-file");
  if (options.env_files.empty() && environment_.contains("COMPOSE_ENV_FILES"))
    options.env_files = split(environment_.at("COMPOSE_ENV_FILES"), ',');
  options.profiles = global_.list("profile");
  options.environment = environment_;
  options.current_directory = current_directory_;
  return options;
}

const manifest::Loaded& Context::load(const std::vector<std::string>& services) {
  if (loaded_) return *loaded_;
  auto options = load_options();
  options.services = services;
  loaded_ = manifest::load(options);
  for (const auto& warning : loaded_->warnings) events().emit(event::Warning{manifest::to_string(warning)});
  return *loaded_;
}

ProjectScope Context::scope(const std::vector<std::string>& services) {
  try {
    const auto& loaded = project(services);
    return {loaded.name, &loaded};
  } catch (const UsageError&) {  // there is no manifest to read
    auto name = manifest::find_project_name(load_options());
    if (!name || !global_.list("file").empty()) throw;
    return {*name, nullptr};
  }
}

}  // namespace crstack::cli
