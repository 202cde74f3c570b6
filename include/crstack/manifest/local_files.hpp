// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace crstack::manifest {

/// A file that the text of a manifest names, for whoever takes the manifest elsewhere.
struct LocalFile {
  enum class Use { env_file, extends, include } use = Use::env_file;
  std::string service;                 ///< whose; empty for an include
  std::string path;                    ///< as it is written
  std::uint32_t line = 0, column = 0;  ///< of the value, from 1; a quote belongs to it
};

/// In the order of the text; remote ones (`https://…`, `oci://…`) are left out. `name` is for diagnostics.
/// Throws ManifestError for wrong YAML.
std::vector<LocalFile> local_files(const std::string& name, const std::string& text);

/// The text with files renamed: `names` has the new name by the one that is written.
std::string rename_local_files(std::string text, const std::vector<LocalFile>& files,
                               const std::map<std::string, std::string>& names);

/// Whether a manifest is somewhere else: an OCI artifact or a Git repository.
bool is_remote_manifest(const std::string& path);

/// Gives the local copy of a remote manifest: the path of a file. May throw Error.
using FetchManifest = std::function<std::string(const std::string& reference)>;
/// What `include` asks for remote manifests; set once, before anything is loaded. Without it they are errors.
void set_manifest_fetcher(FetchManifest fetch);
const FetchManifest& manifest_fetcher();

}  // namespace crstack::manifest
