// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crstack/base/environment.hpp"
#include "diagnostics.hpp"
#include "stages.hpp"
#include "template.hpp"

namespace crstack::manifest {

/// Whether an env file must be there.
enum class Presence : bool { optional, required };
/// The syntax of an env file: `.env`, or `format: raw`.
enum class EnvFormat : bool { dotenv, raw };

/// Looks names up in an environment that outlives it.
Lookup lookup_in(const Environment& environment);

/// An env file, or a label file, that somebody names.
struct ListedFile {
  std::string path;
  Mark where{};  ///< who names it
  const char* kind = "env file";
  Presence presence = Presence::required;
  EnvFormat format = EnvFormat::dotenv;
};

/// Reads an env file into `into` (a later value replaces an earlier). Variables in it are looked up with
/// `lookup` first, then in the file, then in `into`. Gives false, and an error, for one that can't be used.
bool read_env_file(const ListedFile& listed, const Lookup& lookup, Environment& into, Sources& sources,
                   Diagnostics& diagnostics, std::map<std::string, Mark>* places = nullptr);

/// Reads env files in order for variables that `known` does not have; gives what they add.
Environment read_env_files(const std::vector<ListedFile>& files, const Environment& known, Sources& sources,
                           Diagnostics& diagnostics);

/// The whole text of a file; nothing where it can't be read, with the system's reason in `reason`.
std::optional<std::string> read_text(const std::string& path, std::string& reason);

}  // namespace crstack::manifest
