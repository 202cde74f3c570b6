// SPDX-License-Identifier: MIT
#include "crstack/engine/docker_engine.hpp"

#include "crstack/base/text.hpp"
#include "engine/codec.hpp"
#include "engine/docker_config.hpp"
#include "engine/docker_engine_impl.hpp"

namespace crstack::engine {

namespace {

constexpr int ping_timeout_ms = 30'000;

ErrorKind kind_of(int status, const std::string& message) {
  if (status == 400 && message.find("client version") != std::string::npos) return ErrorKind::unsupported;
  // Podman's words for what others answer with 409 and 404.
  if (status == 500 && (message.ends_with("container state improper") || message.ends_with("already in use")))
    return ErrorKind::conflict;
  if (status == 500 && message.ends_with("no such container")) return ErrorKind::not_found;
  if (status == 500 && message.find("cannot read logs") != std::string::npos) return ErrorKind::unsupported;
  switch (status) {
    case 400:
      return ErrorKind::bad_request;
    case 401:
    case 403:
      return ErrorKind::unauthorized;
    case 404:
      return ErrorKind::not_found;
    case 409:
      return ErrorKind::conflict;
    case 501:
      return ErrorKind::unsupported;
    default:
      return status >= 500 ? ErrorKind::server : ErrorKind::bad_request;
  }
}

/// `1.41` as 1041; 0 where it is none.
int version_number(const std::string& text) {
  const auto dot = text.find('.');
  if (dot == std::string::npos) return 0;
  return std::atoi(text.c_str()) * 1000 + std::atoi(text.c_str() + dot + 1);
}

/// What DOCKER_API_VERSION says, as docker reads it; 0: nothing.
int forced_version(const std::string& text) {
  if (text.empty()) return 0;
  const int version = version_number(text.starts_with('v') ? text.substr(1) : text);
  if (version == 0)
    throw EngineError(ErrorKind::unsupported, 0, "", "", "DOCKER_API_VERSION: \"" + text + "\" is no version",
                      "For example 1.41; without the variable, crstack asks the engine.");
  return version;
}

std::string version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000);
}

std::string with_query(std::string target, const Query& query) {
  char separator = '?';
  for (const auto& [key, value] : query) {
    target += separator + key + "=" + url_encode(value);
    separator = '&';
  }
  return target;
}

void refuse_failure(const HttpAnswer& answer, const std::string& method, const std::string& path) {
  if (answer.status < 400) return;
  const auto message = codec::decode_message(answer.body);
  throw EngineError(kind_of(answer.status, message), answer.status, method, path,
                    "Error response from daemon: " + message);
}

/// A post that waits for its answer.
class PendingPost final : public PendingCall {
 public:
  PendingPost(std::unique_ptr<PendingAnswer> answer, std::string path)
      : answer_(std::move(answer)), path_(std::move(path)) {}
  [[nodiscard]] int fd() const override { return answer_->fd(); }
  void finish() override { refuse_failure(answer_->read(), "POST", path_); }

 private:
  std::unique_ptr<PendingAnswer> answer_;
  std::string path_;
};

/// A `/_ping` that was not answered well.
EngineError refusal(const HostAddress& address, const HttpAnswer& answer) {
  const auto said = codec::decode_message(answer.body);
  const bool wants_tls = said.find("HTTP request to an HTTPS server") != std::string::npos;
  return {
      kind_of(answer.status, answer.body),
      answer.status,
      "GET",
      "/_ping",
      "The Docker daemon at " + address.url + " answers: " + said,
      wants_tls
          ? "It speaks TLS only: set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the directory of ca.pem, "
            "cert.pem and key.pem."
          : ""};
}

}  // namespace

std::unique_ptr<Engine> connect(const HostAddress& address, const Environment& environment) {
  return std::make_unique<DockerEngine>(address, environment);
}

Query label_query(const LabelFilter& labels) {
  if (labels.empty()) return {};
  return {{"filters", codec::encode_filters({{"label", labels}})}};
}

/// `GET /_ping` needs no version and names the newest one that the engine speaks.
void DockerEngine::negotiate() {
  std::call_once(negotiated_, [this] {
    HttpRequest ping;
    ping.method = "GET";
    ping.target = "/_ping";
    const auto answer = client_.send(ping, {}, {}, ping_timeout_ms);
    if (answer.status != 200) throw refusal(client_.address(), answer);
    podman_ = !answer.header("libpod-api-version").empty();
    const int theirs = version_number(answer.header("api-version"));
    const int forced = forced_version(variable(environment_, "DOCKER_API_VERSION"));
    if (theirs < oldest_api)
      throw EngineError(ErrorKind::unsupported, 0, "GET", "/_ping",
                        "The Docker daemon at " + client_.address().url + " speaks Engine API " +
                            (theirs == 0 ? "of an unknown version" : version_text(theirs)) +
                            ", crstack needs " + version_text(oldest_api) + " or later",
                        "Docker 19.03 and later have it.");
    api_version_ = forced != 0 ? forced : std::min(theirs, newest_api);
  });
}

int DockerEngine::api_version() {
  negotiate();
  return api_version_;
}

bool DockerEngine::is_podman() {
  negotiate();
  return podman_;
}

RemovalOrder DockerEngine::removal_order() {
  return is_podman() ? RemovalOrder::sharers_first : RemovalOrder::any;
}

const StringMap& DockerEngine::proxies() {
  std::call_once(proxies_read_, [this] { proxies_ = proxy_variables(client_.address().url, environment_); });
  return proxies_;
}

bool DockerEngine::is_swarm_node() {
  return codec::decode_swarm_state(get("/info")) == "active";
}

HttpAnswer DockerEngine::call(const std::string& method, const std::string& path, const Query& query,
                              HttpRequest request, const std::stop_token& stop, const AnswerReader& reader) {
  negotiate();
  request.method = method;
  request.target = with_query("/v" + version_text(api_version_) + path, query);
  auto answer = client_.send(request, reader, stop);
  refuse_failure(answer, method, path);
  return answer;
}

std::unique_ptr<PendingCall> DockerEngine::begin(const std::string& path, const Query& query) {
  negotiate();
  auto answer = client_.begin_post(with_query("/v" + version_text(api_version_) + path, query));
  return std::make_unique<PendingPost>(std::move(answer), path);
}

std::string DockerEngine::get(const std::string& path, const Query& query) {
  return call("GET", path, query).body;
}

std::string DockerEngine::post(const std::string& path, const Query& query, std::string body) {
  HttpRequest request;
  request.body = std::move(body);
  return call("POST", path, query, std::move(request)).body;
}

std::optional<std::string> DockerEngine::find(const std::string& path, const Query& query) {
  try {
    return get(path, query);
  } catch (const EngineError& error) {
    if (error.kind() == ErrorKind::not_found) return std::nullopt;
    throw;
  }
}

bool DockerEngine::erase(const std::string& path, const Query& query) {
  try {
    call("DELETE", path, query);
    return true;
  } catch (const EngineError& error) {
    if (error.kind() == ErrorKind::not_found) return false;
    throw;
  }
}

EngineVersion DockerEngine::version() {
  auto version = codec::decode_version(get("/version"));
  version.podman = podman_;
  return version;
}

}  // namespace crstack::engine
