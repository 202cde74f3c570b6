// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crstack/project/service.hpp"

namespace crstack::project {

/// Where something stands in a manifest. `line` and `column` count from 1; 0 means unknown.
struct SourceLocation {
  std::string file;
  int line = 0;
  int column = 0;
};

struct IpamPool {
  std::string subnet, gateway, ip_range;
  std::map<std::string, std::string> aux_addresses;
};

/// A top-level network (Compose Specification, section "Networks").
struct Network {
  std::string key;   ///< its name in the manifest
  std::string name;  ///< its name in the engine
  bool external = false;
  bool internal = false;
  bool attachable = false;
  std::optional<bool> enable_ipv4, enable_ipv6;
  std::string driver;
  std::map<std::string, std::string> driver_opts;
  std::string ipam_driver;
  std::vector<IpamPool> ipam_pools;
  std::map<std::string, std::string> labels;
  std::string config_hash;
};

/// A top-level volume (section "Volumes").
struct Volume {
  std::string key, name;
  bool external = false;
  std::string driver;
  std::map<std::string, std::string> driver_opts, labels;
  std::string config_hash;
};

/// A top-level secret or config (sections "Secrets", "Configs"): exactly one of the sources is set.
struct FileObject {
  std::string key, name;
  bool external = false;
  std::string file;                    ///< absolute path
  std::string environment;             ///< name of a variable of the host
  std::optional<std::string> content;  ///< inline (configs only)
  /// From `x-crstack: {generate: {length: N}}`: where the file is missing, make it with N random characters.
  std::optional<int> generate_length;
  SourceLocation where;
};

/// A top-level model (section "Models").
struct Model {
  std::string model;  ///< its name in the registry
  std::optional<std::int64_t> context_size;
  StringList runtime_flags;
};

/// A manifest, read, merged, interpolated and checked: what every planner starts from. Plain values; nothing
/// in it refers to a file any more but by absolute path.
struct Project {
  std::string name;
  std::string working_dir;                           ///< absolute
  std::vector<std::string> config_files;             ///< absolute, in the order of merging
  std::vector<std::string> environment_files;        ///< `--env-file`, absolute
  std::map<std::string, Service> services;           ///< active ones only
  std::map<std::string, Service> disabled_services;  ///< left out by profiles
  std::map<std::string, Network> networks;
  std::map<std::string, Volume> volumes;
  std::map<std::string, FileObject> secrets, configs;
  std::map<std::string, Model> models;
  std::map<std::string, std::string>
      environment;  ///< `.env` and the caller's environment, for build and `run`
};

}  // namespace crstack::project
