// SPDX-License-Identifier: MIT
#include "crstack/engine/json_lines.hpp"
#include "engine/codec.hpp"
#include "engine/docker_config.hpp"
#include "engine/docker_engine_impl.hpp"
#include "engine/session/build_session.hpp"

namespace crstack::engine {

namespace {

/// A reference in a path keeps its slashes.
std::string image_path(const std::string& reference, const char* action = "") {
  std::string path = "/images/";
  std::size_t from = 0;
  for (auto slash = reference.find('/'); slash != std::string::npos; slash = reference.find('/', from)) {
    path += url_encode(std::string_view(reference).substr(from, slash - from)) + "/";
    from = slash + 1;
  }
  return path + url_encode(std::string_view(reference).substr(from)) + action;
}

Query build_query(const BuildSpec& spec) {
  Query query;
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) query.emplace_back(key, value);
  };
  for (const auto& tag : spec.tags) add("t", tag);
  add("dockerfile", spec.dockerfile);
  add("target", spec.target);
  add("networkmode", spec.network);
  add("platform", spec.platform);
  add("isolation", spec.isolation);
  if (!spec.args.empty()) add("buildargs", codec::encode_build_args(spec.args));
  if (!spec.labels.empty()) add("labels", codec::encode_map(spec.labels));
  if (!spec.cache_from.empty()) add("cachefrom", codec::encode_list(spec.cache_from));
  for (const auto& host : spec.extra_hosts) add("extrahosts", host);
  if (spec.no_cache) add("nocache", "1");
  if (spec.pull) add("pull", "1");
  add("rm", spec.remove_intermediate ? "1" : "0");
  if (spec.shm_size > 0) add("shmsize", std::to_string(spec.shm_size));
  if (spec.memory > 0) add("memory", std::to_string(spec.memory));
  add("remote", spec.remote);
  if (spec.builder == BuildSpec::Builder::buildkit) add("version", "2");
  return query;
}

}  // namespace

std::pair<std::string, std::string> split_reference(const std::string& reference) {
  if (const auto at = reference.find('@'); at != std::string::npos) {
    auto name = split_reference(reference.substr(0, at)).first;
    return {name, reference.substr(at + 1)};
  }
  const auto slash = reference.rfind('/');
  const auto colon = reference.rfind(':');
  const bool tagged = colon != std::string::npos && (slash == std::string::npos || colon > slash);
  if (!tagged) return {reference, "latest"};
  return {reference.substr(0, colon), reference.substr(colon + 1)};
}

std::string DockerEngine::post_with_progress(const std::string& path, const Query& query, HttpRequest request,
                                             const ProgressSink& progress, const std::stop_token& stop) {
  JsonLines lines;
  std::string image_id;
  const auto take = [&](std::string_view text) {
    const auto line = codec::decode_progress(text, &image_id);
    if (!line.error.empty()) {
      const bool missing = line.error.find("not found") != std::string::npos ||
                           line.error.find("manifest unknown") != std::string::npos;
      throw EngineError(missing ? ErrorKind::not_found : ErrorKind::server, 200, "POST", path, line.error);
    }
    if (progress) progress(line);
    return true;
  };
  AnswerReader reader;
  reader.on_body = [&](std::string_view piece) { return lines.feed(piece, take); };
  call("POST", path, query, std::move(request), stop, reader);
  lines.finish(take);
  return image_id;
}

std::optional<ImageDetails> DockerEngine::inspect_image(const std::string& reference) {
  const auto body = find(image_path(reference, "/json"));
  return body ? std::optional(codec::decode_image(*body)) : std::nullopt;
}

std::optional<ImageDetails> DockerEngine::inspect_image_for(const std::string& platform,
                                                            const std::string& reference) {
  constexpr int platform_api = 1049;
  const bool chosen = api_version() >= platform_api && platform.find('/') != std::string::npos;
  const auto body = find(image_path(reference, "/json"),
                         chosen ? Query{{"platform", codec::encode_platform(platform)}} : Query{});
  return body ? std::optional(codec::decode_image(*body)) : std::nullopt;
}

void DockerEngine::pull_image(const std::string& reference, const std::string& platform,
                              const ProgressSink& progress, std::stop_token stop) {
  const auto [name, tag] = split_reference(reference);
  Query query = {{"fromImage", name}, {"tag", tag}};
  if (!platform.empty()) query.emplace_back("platform", platform);
  HttpRequest request;
  request.headers = {{"X-Registry-Auth", registry_auth(reference, environment_)}};
  post_with_progress("/images/create", query, std::move(request), progress, stop);
}

void DockerEngine::push_image(const std::string& reference, const ProgressSink& progress,
                              std::stop_token stop) {
  const auto [name, tag] = split_reference(reference);
  HttpRequest request;
  request.headers = {{"X-Registry-Auth", registry_auth(reference, environment_)}};
  post_with_progress(image_path(name, "/push"), {{"tag", tag}}, std::move(request), progress, stop);
}

std::string DockerEngine::build_image(const BuildSpec& wanted, const ByteSource& context,
                                      const ProgressSink& progress, std::stop_token stop) {
  auto spec = wanted;
  for (const auto& [name, value] : proxies()) spec.args.try_emplace(name, value);
  HttpRequest request;
  if (spec.remote.empty()) request.source = context;
  request.content_type = "application/x-tar";
  request.headers = {{"X-Registry-Config", registry_config(environment_)}};
  auto query = build_query(spec);
  std::unique_ptr<BuildSession> session;
  if (spec.builder == BuildSpec::Builder::buildkit) {
    session = std::make_unique<BuildSession>(spec, environment_);
    HttpRequest open;
    open.headers = session->headers();
    open.upgrade = "h2c";
    session->serve(call("POST", "/session", {}, std::move(open), stop).connection);
    query.emplace_back("session", session->id());
  }
  return post_with_progress("/build", query, std::move(request), progress, stop);
}

void DockerEngine::tag_image(const std::string& reference, const std::string& repo, const std::string& tag) {
  post(image_path(reference, "/tag"), {{"repo", repo}, {"tag", tag}});
}

bool DockerEngine::remove_image(const std::string& reference, Force force) {
  return erase(image_path(reference), force == Force::yes ? Query{{"force", "1"}} : Query{});
}

std::vector<ImageDetails> DockerEngine::list_images(const LabelFilter& labels) {
  auto images = codec::decode_images(get("/images/json", label_query(labels)));
  if (is_podman()) add_short_names(images);
  return images;
}

std::string DockerEngine::image_digest(const std::string& reference) {
  HttpRequest request;
  request.headers = {{"X-Registry-Auth", registry_auth(reference, environment_)}};
  const auto path = "/distribution" + image_path(reference, "/json").substr(7);
  return codec::decode_digest(call("GET", path, {}, std::move(request)).body);
}

}  // namespace crstack::engine
