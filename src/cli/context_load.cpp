// SPDX-License-Identifier: MIT
#include <algorithm>

#include "cli/api_socket.hpp"
#include "cli/context.hpp"
#include "cli/remote/remote_manifest.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"
#include "crstack/manifest/local_files.hpp"
#include "crstack/plan/container_spec.hpp"
#include "manifest/file_path.hpp"

namespace crstack::cli {

manifest::LoadOptions Context::load_options() const {
  manifest::LoadOptions options;
  manifest::set_manifest_fetcher(
      [this](const std::string& reference) { return fetch_manifest(reference, environment_); });
  options.files = global_.list("file");
  const bool fetched = !options.files.empty() && manifest::is_remote_manifest(options.files.front());
  for (auto& file : options.files)
    if (manifest::is_remote_manifest(file)) file = fetch_manifest(file, environment_);
  options.project_name = global_.text("project-name");
  options.project_directory = global_.text("project-directory");
  if (!options.project_directory) options.project_directory = global_.text("workdir");
  if (fetched) {  // its paths are those of where it lies now
    options.home = manifest::join_path(current_directory_, options.project_directory.value_or("."));
    options.project_directory.reset();
  }
  options.env_files = global_.list("env-file");
  const auto listed = environment_.find("COMPOSE_ENV_FILES");
  if (options.env_files.empty() && listed != environment_.end() && !listed->second.empty())
    options.env_files = split(listed->second, ',');
  options.profiles = global_.list("profile");
  options.all_resources = global_.flag("all-resources");
  options.distinct_container_names = distinct_container_names_;
  options.environment = environment_;
  options.current_directory = current_directory_;
  return options;
}

namespace {

/// A warning in one line, without the place but where it is about a file.
std::string as_docker_compose(const manifest::Diagnostic& warning) {
  const bool of_file = warning.key_path == "version" && !warning.where.file.empty();
  return (of_file ? warning.where.file + ": " : std::string()) + warning.message;
}

/// Its warnings have been told.
manifest::Loaded read(Context& context, manifest::LoadOptions options,
                      const std::vector<std::string>& services) {
  options.services = services;
  auto loaded = manifest::load(options);
  tell(context, loaded.warnings);
  return loaded;
}

bool knows(const project::Project& project, const std::vector<std::string>& services) {
  return std::all_of(services.begin(), services.end(), [&](const auto& service) {
    return project.services.contains(service) || project.disabled_services.contains(service);
  });
}

}  // namespace

void require_manifest(Context& context, const std::vector<std::string>& services) {
  context.load(services);
}

void tell(Context& context, const std::vector<manifest::Diagnostic>& warnings) {
  const bool terse = context.called_as() != CalledAs::crstack;
  for (const auto& warning : warnings)
    context.events().emit(event::Warning{terse || warning.where.file.empty() ? as_docker_compose(warning)
                                                                             : manifest::to_string(warning)});
}

const manifest::Loaded& Context::load(const std::vector<std::string>& services) {
  if (!loaded_) {
    loaded_ = read(*this, load_options(), services);
    give_api_sockets(*loaded_, environment_);
  }
  if (global_.flag_or("compatibility", switched_on("COMPOSE_COMPATIBILITY"))) plan::set_name_separator("_");
  return *loaded_;
}

ProjectScope Context::scope(const std::vector<std::string>& services) {
  const auto named = global_.text_or("project-name", "");
  if (!loaded_ && !named.empty() && !global_.given("file")) return {to_lower(named), nullptr};
  if (by_name_) return {*by_name_, nullptr};
  const auto other = environment_.find("COMPOSE_PROJECT_NAME");
  if (loaded_ || other == environment_.end() || other->second.empty()) return scope_by_manifest(services);
  try {
    const auto scope = scope_by_manifest(services);
    if (scope.project == nullptr || knows(*scope.project, services)) return scope;
  } catch (const Cancelled&) {
    throw;
  } catch (const Error&) {
    events().emit(event::Warning{
        "the manifest can't be used (config says why): going by what there is of the project " +
        other->second});
  }
  loaded_.reset();
  by_name_ = other->second;
  return {*by_name_, nullptr};
}

ProjectScope Context::scope_by_manifest(const std::vector<std::string>& services) {
  try {
    if (!loaded_) {  // what only looks, stops or removes needs no env file
      auto options = load_options();
      options.env_files_of = manifest::FilesOf::none;
      loaded_ = read(*this, std::move(options), services);
      loaded_->model.reset();  // as large as the project, and nobody's
    }
    const auto& loaded = project(services);
    return {loaded.name, &loaded};
  } catch (const UsageError&) {  // there is no manifest to read
    auto name = manifest::find_project_name(load_options());
    if (!name || !global_.list("file").empty()) throw;
    return {*name, nullptr};
  }
}

void require_services(const ProjectScope& scope, const std::vector<std::string>& services) {
  if (scope.project == nullptr) return;
  for (const auto& service : services)
    if (!knows(*scope.project, {service})) throw Error("no such service: " + service);
}

}  // namespace crstack::cli
