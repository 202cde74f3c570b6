// SPDX-License-Identifier: MIT
#include <charconv>

#include "crstack/base/base64.hpp"
#include "crstack/base/text.hpp"
#include "crstack/engine/time_text.hpp"
#include "engine/codec.hpp"
#include "engine/json.hpp"

namespace crstack::engine::codec {

namespace {

using json::at;
using json::Json;
using json::number;
using json::text;
using json::truth;

ContainerState state_of(const std::string& name) {
  for (const auto state : {ContainerState::running, ContainerState::paused, ContainerState::restarting,
                           ContainerState::removing, ContainerState::exited, ContainerState::dead})
    if (name == to_string(state)) return state;
  return name == "stopped" ? ContainerState::exited : ContainerState::created;  // Podman's word
}

Health health_of(const std::string& name) {
  for (const auto health : {Health::starting, Health::healthy, Health::unhealthy})
    if (name == to_string(health)) return health;
  return Health::none;
}

/// From `Up 2 minutes (healthy)`, `Up 2 seconds (health: starting)`.
Health health_in_status(const std::string& status) {
  if (status.ends_with("(healthy)")) return Health::healthy;
  if (status.ends_with("(unhealthy)")) return Health::unhealthy;
  return status.ends_with("(health: starting)") ? Health::starting : Health::none;
}

/// From `Exited (137) 3 seconds ago`.
std::optional<int> exit_code_in_status(const std::string& status) {
  const auto open = status.find('(');
  int code = 0;
  if ((!status.starts_with("Exited") && !status.starts_with("Restarting")) || open == std::string::npos)
    return std::nullopt;
  const auto [rest, error] = std::from_chars(status.data() + open + 1, status.data() + status.size(), code);
  return error == std::errc() ? std::optional(code) : std::nullopt;
}

std::string without_slash(std::string name) {
  if (name.starts_with('/')) name.erase(0, 1);
  return name;
}

std::vector<MountPoint> mounts_of(const Json& object) {
  std::vector<MountPoint> result;
  for (const auto& item : at(object, "Mounts"))
    result.push_back({text(item, "Type"), text(item, "Name"), text(item, "Source"), text(item, "Destination"),
                      text(item, "Driver"), truth(item, "RW", true)});
  return result;
}

ContainerSummary summary(const Json& row) {
  ContainerSummary result;
  result.id = text(row, "Id");
  for (const auto& name : json::list(row, "Names"))  // a name with a second slash is another's link
    if (result.name.empty() || name.find('/', 1) == std::string::npos) result.name = without_slash(name);
  result.image = text(row, "Image");
  result.image_id = text(row, "ImageID");
  result.command = text(row, "Command");
  result.state = state_of(text(row, "State"));
  result.status = text(row, "Status");
  const auto& health = at(row, "Health");
  result.health = health.is_object() ? health_of(text(health, "Status")) : health_in_status(result.status);
  result.exit_code = exit_code_in_status(result.status);
  result.labels = json::map(row, "Labels");
  for (const auto& port : at(row, "Ports"))
    result.ports.push_back({text(port, "IP"), static_cast<int>(number(port, "PublicPort")),
                            static_cast<int>(number(port, "PrivatePort")), text(port, "Type")});
  result.mounts = mounts_of(row);
  const auto& networks = at(at(row, "NetworkSettings"), "Networks");
  if (networks.is_object())
    for (const auto& [name, endpoint] : networks.items()) result.networks[name] = text(endpoint, "NetworkID");
  result.created = number(row, "Created");
  result.size_rw = number(row, "SizeRw", -1);
  result.size_root_fs = number(row, "SizeRootFs", -1);
  return result;
}

std::optional<HealthSpec> health_spec(const Json& config) {
  const auto& value = at(config, "Healthcheck");
  if (!value.is_object()) return std::nullopt;
  HealthSpec spec;
  spec.test = json::list(value, "Test");
  if (spec.test.empty()) return std::nullopt;
  const auto span = [&](const char* key) {
    const auto nanos = number(value, key);
    return nanos > 0 ? std::optional(Duration(nanos)) : std::nullopt;
  };
  spec.interval = span("Interval");
  spec.timeout = span("Timeout");
  spec.start_period = span("StartPeriod");
  spec.start_interval = span("StartInterval");
  if (const auto retries = number(value, "Retries"); retries > 0) spec.retries = static_cast<int>(retries);
  return spec;
}

/// A CMD-SHELL check runs in the image's SHELL where it has one: then it is told as the command that this
/// makes.
void resolve_shell(HealthSpec& spec, const StringList& shell) {
  if (shell.empty() || spec.test[0] != "CMD-SHELL") return;
  spec.test[0] = "CMD";
  spec.test.insert(spec.test.begin() + 1, shell.begin(), shell.end());
}

void read_state(ContainerDetails& details, const Json& state) {
  details.state = state_of(text(state, "Status"));
  details.exit_code = static_cast<int>(number(state, "ExitCode"));
  details.pid = static_cast<int>(number(state, "Pid"));
  details.oom_killed = truth(state, "OOMKilled");
  details.error = text(state, "Error");
  details.started_at = parse_time(text(state, "StartedAt"));
  details.finished_at = parse_time(text(state, "FinishedAt"));
  const auto& health = at(state, "Health");
  details.health = health_of(text(health, "Status"));
  if (details.health == Health::unhealthy && number(health, "FailingStreak", 1) == 0)  // it was paused
    details.health = Health::starting;
  for (const auto& probe : at(health, "Log"))
    details.probes.push_back({parse_time(text(probe, "Start")), parse_time(text(probe, "End")),
                              static_cast<int>(number(probe, "ExitCode")), text(probe, "Output")});
}

void read_networks(ContainerDetails& details, const Json& settings) {
  const auto& networks = at(settings, "Networks");
  if (networks.is_object()) {
    for (const auto& [name, endpoint] : networks.items()) {
      details.networks[name] = text(endpoint, "NetworkID");
      details.ip_addresses[name] = text(endpoint, "IPAddress");
    }
  }
  const auto& ports = at(settings, "Ports");
  if (!ports.is_object()) return;
  for (const auto& [key, bindings] : ports.items()) {
    const auto slash = key.find('/');
    const auto protocol = slash == std::string::npos ? "tcp" : key.substr(slash + 1);
    const int inside = std::atoi(key.c_str());
    for (const auto& binding : bindings)
      details.ports.push_back(
          {text(binding, "HostIp"), std::atoi(text(binding, "HostPort").c_str()), inside, protocol});
    if (bindings.empty()) details.ports.push_back({"", 0, inside, protocol});
  }
}

ImageDetails image(const Json& value) {
  ImageDetails result;
  const auto& config = at(value, "Config");
  result.id = text(value, "Id");
  for (auto& tag : json::list(value, "RepoTags"))
    result.repo_tags.push_back(without_default_registry(std::move(tag)));
  result.repo_digests = json::list(value, "RepoDigests");
  result.health = health_spec(config);
  result.labels = json::map(config, "Labels");
  if (result.labels.empty()) result.labels = json::map(value, "Labels");
  result.volumes = json::keys(config, "Volumes");
  result.exposed_ports = json::keys(config, "ExposedPorts");
  result.environment = json::list(config, "Env");
  result.os = text(value, "Os");
  result.architecture = text(value, "Architecture");
  result.variant = text(value, "Variant");
  result.user = text(config, "User");
  result.size = number(value, "Size");
  const auto& created = at(value, "Created");
  result.created = created.is_number() ? WallTime(std::chrono::seconds(created.get<std::int64_t>()))
                                       : parse_time(text(value, "Created"));
  result.last_tagged = parse_time(text(at(value, "Metadata"), "LastTagTime"));
  return result;
}

NetworkInfo network(const Json& value) {
  NetworkInfo result;
  result.id = text(value, "Id");
  result.name = text(value, "Name");
  result.driver = text(value, "Driver");
  result.internal = truth(value, "Internal");
  result.attachable = truth(value, "Attachable");
  result.labels = json::map(value, "Labels");
  for (const auto& [id, container] : at(value, "Containers").items())
    result.containers[id] = text(container, "Name");
  return result;
}

VolumeInfo volume(const Json& value) {
  return {text(value, "Name"), text(value, "Driver"), text(value, "Mountpoint"), json::map(value, "Labels"),
          json::map(value, "Options")};
}

/// What stands in a list, `depth` levels inside the answer. Each row is gone as JSON before the next one is
/// read: of thousands that would take a multiple of the answer.
template <class Row>
auto rows(std::string_view body, int depth, Row row) {
  std::vector<decltype(row(Json()))> result;
  json::parse(body, [&](int level, Json::parse_event_t event, const Json& value) {
    if (event != Json::parse_event_t::object_end || level != depth) return true;
    result.push_back(row(value));
    return false;
  });
  return result;
}

/// Podman's events in the words of the Engine API: health events carry the status in a field of their own.
void translate_podman(EngineEvent& event, const Json& value) {
  auto status = text(value, "HealthStatus");
  if (status.empty()) status = value_of(event.attributes, "health_status");
  if (event.action == "health_status" && !status.empty()) event.action += ": " + status;
  if (event.action == "died") event.action = "die";
  if (event.action == "exec_died") event.action = "exec_die";
  if (event.type == "container" && event.action == "remove") event.action = "destroy";
  const auto code = event.attributes.find("containerExitCode");
  if (code != event.attributes.end()) event.attributes.try_emplace("exitCode", code->second);
}

}  // namespace

std::map<std::string, Health> decode_podman_health(std::string_view body) {
  std::map<std::string, Health> result;
  for (const auto& row : json::parse(body)) result[text(row, "Id")] = health_of(text(row, "Status"));
  return result;
}

std::string decode_swarm_state(std::string_view info) {
  return text(at(json::parse(info), "Swarm"), "LocalNodeState");
}

std::vector<ContainerSummary> decode_containers(std::string_view body) {
  return rows(body, 1, summary);
}

ContainerDetails decode_container(std::string body) {
  const auto value = json::parse(body);
  ContainerDetails details;
  const auto& config = at(value, "Config");
  const auto& policy = at(at(value, "HostConfig"), "RestartPolicy");
  details.id = text(value, "Id");
  details.name = without_slash(text(value, "Name"));
  details.image_id = text(value, "Image");
  details.image = text(config, "Image");
  details.restart_count = static_cast<int>(number(value, "RestartCount"));
  read_state(details, at(value, "State"));
  details.labels = json::map(config, "Labels");
  details.health_spec = health_spec(config);
  if (details.health_spec) resolve_shell(*details.health_spec, json::list(config, "Shell"));
  details.environment = json::list(config, "Env");
  details.user = text(config, "User");
  details.working_dir = text(config, "WorkingDir");
  details.tty = truth(config, "Tty");
  details.open_stdin = truth(config, "OpenStdin");
  details.restart = {text(policy, "Name"), static_cast<int>(number(policy, "MaximumRetryCount"))};
  details.mounts = mounts_of(value);
  read_networks(details, at(value, "NetworkSettings"));
  details.raw_json = std::move(body);
  return details;
}

ImageDetails decode_image(std::string_view body) {
  return image(json::parse(body));
}
std::vector<ImageDetails> decode_images(std::string_view body) {
  return rows(body, 1, image);
}
NetworkInfo decode_network(std::string_view body) {
  return network(json::parse(body));
}
std::vector<NetworkInfo> decode_networks(std::string_view body) {
  return rows(body, 1, network);
}
VolumeInfo decode_volume(std::string_view body) {
  return volume(json::parse(body));
}
std::vector<VolumeInfo> decode_volumes(std::string_view body) {
  return rows(body, 2, volume);
}

EngineVersion decode_version(std::string_view body) {
  const auto value = json::parse(body);
  return {text(value, "Version"), text(value, "ApiVersion"), text(value, "MinAPIVersion"),
          text(value, "Os"),      text(value, "Arch"),       false};
}

Execs::ExecState decode_exec(std::string_view body) {
  const auto value = json::parse(body);
  return {truth(value, "Running"), static_cast<int>(number(value, "ExitCode")),
          static_cast<int>(number(value, "Pid"))};
}

Containers::ProcessTable decode_top(std::string_view body) {
  const auto value = json::parse(body);
  Containers::ProcessTable table;
  table.titles = json::list(value, "Titles");
  for (const auto& row : at(value, "Processes")) {
    StringList cells;
    for (const auto& cell : row) cells.push_back(cell.is_string() ? cell.get<std::string>() : cell.dump());
    table.rows.push_back(std::move(cells));
  }
  return table;
}

Containers::PathStat decode_path_stat(std::string_view body) {
  const auto value = json::parse(body);
  return {text(value, "name"), text(value, "linkTarget"), number(value, "size"),
          static_cast<std::uint32_t>(number(value, "mode"))};
}

EngineEvent decode_event(std::string_view line) {
  const auto value = json::parse(line);
  EngineEvent event;
  const auto& actor = at(value, "Actor");
  event.type = text(value, "Type");
  event.action = text(value, "Action");
  event.id = text(actor, "ID");
  event.attributes = json::map(actor, "Attributes");
  auto nanos = number(value, "timeNano");
  if (nanos == 0) nanos = number(value, "time") * 1'000'000'000;
  event.time = WallTime(std::chrono::duration_cast<WallTime::duration>(std::chrono::nanoseconds(nanos)));
  translate_podman(event, value);
  return event;
}

ProgressLine decode_progress(std::string_view line, std::string* image_id) {
  const auto value = json::parse(line);
  ProgressLine progress;
  progress.id = text(value, "id");
  progress.status = text(value, "status");
  progress.stream = text(value, "stream");
  progress.error = text(at(value, "errorDetail"), "message");
  if (progress.error.empty()) progress.error = text(value, "error");
  const auto& detail = at(value, "progressDetail");
  progress.current = number(detail, "current");
  progress.total = number(detail, "total");
  if (image_id != nullptr)
    if (const auto id = text(at(value, "aux"), "ID"); !id.empty()) *image_id = id;
  if (progress.id == "moby.buildkit.trace") progress.trace = decode_trace(base64_decode(text(value, "aux")));
  return progress;
}

std::string decode_id(std::string_view body, std::vector<std::string>* warnings) {
  const auto value = json::parse(body);
  if (warnings != nullptr)
    for (auto& warning : json::list(value, "Warnings")) warnings->push_back(std::move(warning));
  return text(value, "Id");
}

std::string decode_digest(std::string_view body) {
  return text(at(json::parse(body), "Descriptor"), "digest");
}

int decode_status_code(std::string_view body) {
  return static_cast<int>(number(json::parse(body), "StatusCode"));
}

std::string decode_message(std::string_view body) {
  const auto value = json::Json::parse(body.begin(), body.end(), nullptr, false);
  auto message = value.is_object() ? text(value, "message") : std::string();
  if (message.empty()) message = std::string(trim(body));
  return message;
}

}  // namespace crstack::engine::codec
