// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crstack/base/environment.hpp"
#include "crstack/base/shared.hpp"
#include "crstack/manifest/diagnostic.hpp"
#include "crstack/project/project.hpp"

namespace crstack::manifest {

/// Whose files a load reads: a service is active by its profiles, or because it is named.
enum class FilesOf { every_active_service, services_active_by_profile, none };

/// What to load and how: the global options, as the user gave them. Nothing is read from the process but
/// through these fields and the files that they name.
struct LoadOptions {
  std::vector<std::string> files;  ///< `-f`; `-` is standard input. Empty: COMPOSE_FILE, else search upwards
  std::optional<std::string> project_name;       ///< `-p`
  std::optional<std::string> project_directory;  ///< `--project-directory`
  std::string home;  ///< of a manifest that was fetched from elsewhere: its `.env` lies there, and it names
                     ///< the project; empty: the manifest's own directory
  std::vector<std::string> env_files;  ///< `--env-file`, else COMPOSE_ENV_FILES
  std::vector<std::string> profiles;   ///< `--profile`
  std::vector<std::string> services;   ///< named on the command line: they are active whatever their profiles
  Environment environment;             ///< the caller's
  std::string current_directory;       ///< absolute

  bool interpolate = true;                                 ///< `config --no-interpolate`
  bool normalize = true;                                   ///< `config --no-normalize`
  bool resolve_paths = true;                               ///< `config --no-path-resolution`
  bool check_consistency = true;                           ///< `config --no-consistency`
  bool distinct_container_names = false;                   ///< whether none may be that of two services
  bool all_resources = false;                              ///< `--all-resources`: keep what no service uses
  FilesOf env_files_of = FilesOf::every_active_service;    ///< whose `env_file`s go to `environment`
  FilesOf label_files_of = FilesOf::every_active_service;  ///< whose `label_file`s go to `labels`
  bool finish_raw = false;  ///< whether what is shown without interpolation must be right and in use, too
  bool hashes = true;       ///< whether the project's parts get their config hashes
};

class Node;

/// A loaded manifest.
struct Loaded {
  Shared<project::Project> project;
  std::shared_ptr<const Node> model;  ///< the canonical tree, what `config` prints
  std::set<std::string> profiles{};   ///< of all services, active or not
  std::vector<Diagnostic> warnings;
};

/// Reads, merges, interpolates and checks the manifest(s).
/// Throws ManifestError with all that is wrong; UsageError where there is no manifest to read.
Loaded load(const LoadOptions& options);

/// The project name and directory alone, for commands that work without a manifest (`-p NAME down`): from
/// `-p`, COMPOSE_PROJECT_NAME, the manifest's `name`, the directory, in that order. Nothing where none is to
/// be had.
std::optional<std::string> find_project_name(const LoadOptions& options);

}  // namespace crstack::manifest
