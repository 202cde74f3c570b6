// SPDX-License-Identifier: MIT
#include <algorithm>

#include "crstack/base/base64.hpp"
#include "engine/codec.hpp"
#include "engine/docker_engine_impl.hpp"

namespace crstack::engine {

namespace {

constexpr int api_1_44 = 1044;

std::string container_path(const std::string& id, const char* action = "") {
  return "/containers/" + url_encode(id) + action;
}

/// Whether a variable has a value among these, or is to have none (`NAME` alone).
bool is_set(const std::string& name, const StringList& environment) {
  return std::any_of(environment.begin(), environment.end(), [&](const std::string& variable) {
    return variable == name || variable.starts_with(name + "=");
  });
}

Query timeout_query(std::optional<int> seconds) {
  if (!seconds) return {};
  return {{"t", std::to_string(*seconds)}};
}

}  // namespace

std::vector<ContainerSummary> DockerEngine::list_containers(const LabelFilter& labels, Which which) {
  auto query = label_query(labels);
  if (which == Which::all) query.emplace_back("all", "1");
  auto rows = codec::decode_containers(get("/containers/json", query));
  if (!is_podman() || rows.empty()) return rows;
  complete_health(rows, labels);
  std::vector<StringMap*> networks;
  for (auto& row : rows) networks.push_back(&row.networks);
  complete_networks(networks);
  return rows;
}

ContainerDetails DockerEngine::inspect_container(const std::string& id) {
  auto details = codec::decode_container(get(container_path(id, "/json")));
  if (is_podman()) complete_networks({&details.networks});
  return details;
}

std::string DockerEngine::create_container(const ContainerSpec& wanted, std::vector<std::string>& warnings) {
  auto spec = is_podman() ? as_podman_takes_it(wanted, warnings) : wanted;
  for (const auto& [name, value] : proxies())
    if (!is_set(name, wanted.environment)) spec.environment.push_back(name + "=" + value);
  const auto body = codec::encode_container(spec, api_version(), warnings);
  Query query;
  if (!spec.name.empty()) query.emplace_back("name", spec.name);
  if (!spec.platform.empty()) query.emplace_back("platform", spec.platform);
  const auto id = codec::decode_id(post("/containers/create", query, body), &warnings);
  if (api_version() >= api_1_44 || spec.endpoints.size() < 2) return id;
  const auto endpoints = codec::in_connect_order(spec.endpoints);
  for (std::size_t i = 1; i < endpoints.size(); ++i) connect_network(endpoints[i].network, id, endpoints[i]);
  return id;
}

void DockerEngine::start_container(const std::string& id) {
  post(container_path(id, "/start"));
}

std::unique_ptr<PendingCall> DockerEngine::stop_container(const std::string& id,
                                                          std::optional<int> timeout_seconds) {
  return begin(container_path(id, "/stop"), timeout_query(timeout_seconds));
}

std::unique_ptr<PendingCall> DockerEngine::restart_container(const std::string& id,
                                                             std::optional<int> timeout_seconds) {
  return begin(container_path(id, "/restart"), timeout_query(timeout_seconds));
}

void DockerEngine::kill_container(const std::string& id, const std::string& signal) {
  post(container_path(id, "/kill"), signal.empty() ? Query{} : Query{{"signal", signal}});
}

void DockerEngine::pause_container(const std::string& id) {
  post(container_path(id, "/pause"));
}

void DockerEngine::unpause_container(const std::string& id) {
  post(container_path(id, "/unpause"));
}

void DockerEngine::rename_container(const std::string& id, const std::string& name) {
  post(container_path(id, "/rename"), {{"name", name}});
}

void DockerEngine::remove_container(const std::string& id, Force force, AnonymousVolumes volumes) {
  Query query;
  if (force == Force::yes) query.emplace_back("force", "1");
  if (volumes == AnonymousVolumes::remove) query.emplace_back("v", "1");
  try {
    erase(container_path(id), query);
  } catch (const EngineError& error) {
    const bool going = std::string_view(error.what()).find("already in progress") != std::string_view::npos;
    if (error.kind() != ErrorKind::conflict || !going) throw;
    try {  // somebody else removes it: done when it is gone
      post(container_path(id, "/wait"), {{"condition", "removed"}});
    } catch (const EngineError& gone) {
      if (gone.kind() != ErrorKind::not_found) throw;
    }
  }
}

int DockerEngine::wait_container(const std::string& id, std::stop_token stop) {
  const auto body = call("POST", container_path(id, "/wait"), {}, {}, stop).body;
  return stop.stop_requested() ? -1 : codec::decode_status_code(body);
}

void DockerEngine::resize_container(const std::string& id, int rows, int columns) {
  post(container_path(id, "/resize"), {{"h", std::to_string(rows)}, {"w", std::to_string(columns)}});
}

DockerEngine::ProcessTable DockerEngine::top(const std::string& id, const std::string& ps_arguments) {
  return codec::decode_top(
      get(container_path(id, "/top"), ps_arguments.empty() ? Query{} : Query{{"ps_args", ps_arguments}}));
}

void DockerEngine::export_container(const std::string& id, const ByteSink& sink) {
  copy_body(container_path(id, "/export"), {}, sink);
}

void DockerEngine::get_archive(const std::string& id, const std::string& path, const ByteSink& sink) {
  copy_body(container_path(id, "/archive"), {{"path", path}}, sink);
}

std::optional<DockerEngine::PathStat> DockerEngine::stat_path(const std::string& id,
                                                              const std::string& path) {
  try {
    const auto answer = call("HEAD", container_path(id, "/archive"), {{"path", path}});
    return codec::decode_path_stat(base64_decode(answer.header("x-docker-container-path-stat")));
  } catch (const EngineError& error) {
    if (error.kind() == ErrorKind::not_found) return std::nullopt;
    throw;
  }
}

void DockerEngine::put_archive(const std::string& id, const std::string& path, const ByteSource& tar,
                               PutArchiveOptions options) {
  HttpRequest request;
  request.source = tar;
  request.content_type = "application/x-tar";
  Query query = {{"path", path}};
  if (options.no_overwrite_dir_non_dir) query.emplace_back("noOverwriteDirNonDir", "true");
  if (options.copy_uid_gid) query.emplace_back("copyUIDGID", "true");
  call("PUT", container_path(id, "/archive"), query, std::move(request));
}

std::string DockerEngine::commit_container(const std::string& id, const CommitOptions& options) {
  Query query = {{"container", id}, {"pause", options.pause ? "1" : "0"}};
  if (!options.repo.empty()) query.emplace_back("repo", options.repo);
  if (!options.tag.empty()) query.emplace_back("tag", options.tag);
  if (!options.author.empty()) query.emplace_back("author", options.author);
  if (!options.message.empty()) query.emplace_back("comment", options.message);
  for (const auto& change : options.changes) query.emplace_back("changes", change);
  const auto made = codec::decode_id(post("/commit", query, codec::encode_commit()));
  return made.find(':') == std::string::npos ? "sha256:" + made : made;  // Podman leaves it out
}

}  // namespace crstack::engine
