// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crstack/engine/spec.hpp"

/// What the engine tells crstack.
namespace crstack::engine {

using WallTime = std::chrono::system_clock::time_point;

enum class ContainerState { created, running, paused, restarting, removing, exited, dead };
[[nodiscard]] const char* to_string(ContainerState state);

enum class Health { none, starting, healthy, unhealthy };
[[nodiscard]] const char* to_string(Health health);

struct PublishedPort {
  std::string host_ip;
  int host_port = 0;  ///< 0: exposed only
  int container_port = 0;
  std::string protocol;
  bool operator==(const PublishedPort&) const = default;
};

struct MountPoint {
  std::string type, name, source, destination, driver;
  bool read_write = true;
};

/// One row of `GET /containers/json?all=1`.
struct ContainerSummary {
  std::string id, name, image, image_id, command;
  ContainerState state = ContainerState::created;
  Health health = Health::none;  ///< read from the status text where the list has no field for it
  std::string status;            ///< `Up 2 minutes (healthy)`
  std::optional<int> exit_code;  ///< from the status text, where it is exited
  StringMap labels;
  std::vector<PublishedPort> ports;
  std::vector<MountPoint> mounts;
  std::map<std::string, std::string> networks;   ///< name → network ID
  std::int64_t created = 0;                      ///< Unix seconds
  std::int64_t size_rw = -1, size_root_fs = -1;  ///< bytes, where asked for
};

struct HealthProbe {
  WallTime start, end;
  int exit_code = 0;
  std::string output;
};

/// `GET /containers/{id}/json`, what crstack reads of it.
struct ContainerDetails {
  std::string id, name, image_id, image;
  ContainerState state = ContainerState::created;
  int exit_code = 0;
  int pid = 0;
  bool oom_killed = false;
  std::string error;  ///< the engine's own words on why it did not start
  int restart_count = 0;
  WallTime started_at, finished_at;
  Health health = Health::none;
  std::vector<HealthProbe> probes;  ///< oldest first
  StringMap labels;
  std::optional<HealthSpec> health_spec;  ///< in force: the image's or the service's
  StringList environment;
  std::string user, working_dir;
  bool tty = false, open_stdin = false;
  RestartPolicySpec restart;
  std::vector<MountPoint> mounts;
  std::vector<PublishedPort> ports;
  std::map<std::string, std::string> networks;      ///< name → network ID
  std::map<std::string, std::string> ip_addresses;  ///< network name → IPv4
  std::string raw_json;                             ///< the whole answer, for what people ask for by template
};

/// An image's name as people write it: without the registry and the folder that go without saying
/// (`docker.io/library/`), which a Podman spells out.
[[nodiscard]] std::string without_default_registry(std::string name);

struct ImageDetails {
  std::string id;
  StringList repo_tags, repo_digests;
  std::optional<HealthSpec> health;
  StringMap labels;
  StringList volumes, exposed_ports, environment;
  std::string os, architecture, variant, user;
  std::int64_t size = 0;
  WallTime created;
  WallTime last_tagged;  ///< when it was pulled or built here (`Metadata.LastTagTime`, inspect only)
};

struct NetworkInfo {
  std::string id, name, driver;
  bool internal = false, attachable = false;
  StringMap labels;
  StringMap containers;  ///< those that run on it: name by ID (inspect only)
};

struct VolumeInfo {
  std::string name, driver, mountpoint;
  StringMap labels, options;
};

struct EngineVersion {
  std::string version, api_version, min_api_version, os, architecture;
  bool podman = false;
};

/// Which containers an engine removes: Docker any of them, Podman none whose namespaces or volumes another
/// one shares.
enum class RemovalOrder { any, sharers_first };

/// One line of `GET /events`; Podman's are translated to the Engine API's words.
struct EngineEvent {
  std::string type;    ///< container, network, volume, image
  std::string action;  ///< start, die, oom, kill, destroy, `health_status: healthy`, …
  std::string id;
  StringMap attributes;  ///< name, image, exitCode, labels
  WallTime time;
};

/// What BuildKit tells of a build (its message `moby.buildkit.v1.StatusResponse`). Times are nanoseconds
/// since 1970; 0: not yet.
struct BuildTrace {
  struct Vertex {  ///< a step of the build; told again whenever something about it changes
    std::string digest, name, error;
    bool cached = false;
    std::int64_t started = 0, completed = 0;
  };
  struct Task {  ///< a part of a step: a file that is sent, a layer that is written
    std::string vertex, id;
    std::int64_t current = 0, total = 0, started = 0, completed = 0;
  };
  struct Output {  ///< what the step's command wrote
    std::string vertex, text;
    std::int64_t time = 0;
  };
  std::vector<Vertex> vertices;
  std::vector<Task> tasks;
  std::vector<Output> outputs;
};

/// Progress of a pull, push or build, from the stream's JSON lines.
struct ProgressLine {
  std::string id, status, stream, error;
  std::int64_t current = 0, total = 0;
  BuildTrace trace{};  ///< of BuildKit
};

enum class StreamKind { in = 0, out = 1, err = 2 };

struct LogOptions {
  bool follow = false, out = true, err = true, timestamps = false;
  std::string tail = "all", since, until;
  std::optional<bool> tty;  ///< the container has a terminal: saves the engine an inspect where known
};

}  // namespace crstack::engine
