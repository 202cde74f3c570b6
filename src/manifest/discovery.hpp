// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "crstack/base/environment.hpp"
#include "diagnostics.hpp"
#include "stages.hpp"

namespace crstack::manifest {

/// What is to be loaded, found out before any manifest is read.
struct Start {
  std::vector<std::string> files;      ///< absolute; `-` is standard input
  std::string working_directory;       ///< the project directory, absolute
  std::vector<std::string> env_files;  ///< absolute, those that were read
  std::vector<std::string> profiles;
  Environment environment;                         ///< the caller's, and what env files add
  Environment given;                               ///< the caller's alone
  std::map<std::string, std::string> env_origins;  ///< the env file that a variable came from
};

/// Finds the manifests (`-f`, COMPOSE_FILE, else the standard names in the current directory and its parents,
/// with their override files), the project directory and the environment. No manifest leaves `files` empty.
/// (Compose Specification, "Compose file"; docker compose's documented COMPOSE_* variables.)
Start discover(const LoadOptions& options, Sources& sources, Diagnostics& diagnostics);

/// Lower case, only letters, digits, `_` and `-`, starting with a letter or digit.
std::string normalise_project_name(std::string_view name);

/// The name as given by `-p` or COMPOSE_PROJECT_NAME; empty where neither is set. Throws UsageError for a
/// name that is not in normal form.
std::string given_project_name(const LoadOptions& options, const Environment& environment);

}  // namespace crstack::manifest
