// SPDX-License-Identifier: MIT
#include "engine/registry.hpp"

#include <algorithm>
#include <regex>

#include "engine/json.hpp"

namespace crstack::engine {
namespace {

constexpr const char* hub = "registry-1.docker.io";
constexpr const char* manifest_types =
    "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json";

std::string without_port(const std::string& host) {
  const auto colon = host.rfind(':');
  return colon == std::string::npos || host.ends_with(']') ? host : host.substr(0, colon);
}

bool on_this_machine(const std::string& host) {
  const auto name = without_port(host);
  return name == "localhost" || name == "[::1]" || name.starts_with("127.");
}

enum class Encryption { tls, none };
HostAddress address_of(const std::string& host, Encryption encryption) {
  const bool tls = encryption == Encryption::tls;
  const bool has_port = without_port(host) != host;
  const std::string url = "tcp://" + host + (has_port ? "" : tls ? ":443" : ":80");
  return {url, tls, tls, {}, "registry " + host, HostAddress::Peer::registry};
}

// `key="value"` pairs of a WWW-Authenticate header.
std::map<std::string, std::string> parameters_of(const std::string& challenge) {
  static const std::regex pair("([a-z_]+)=\"([^\"]*)\"");
  std::map<std::string, std::string> parameters;
  for (auto at = std::sregex_iterator(challenge.begin(), challenge.end(), pair); at != std::sregex_iterator();
       ++at)
    parameters[(*at)[1]] = (*at)[2];
  return parameters;
}

// The part of a URL behind its host.
std::string target_of(const std::string& url) {
  const auto scheme = url.find("://");
  if (scheme == std::string::npos) return url;
  const auto slash = url.find('/', scheme + 3);
  return slash == std::string::npos ? "/" : url.substr(slash);
}

std::string message_of(const HttpAnswer& answer) {
  try {
    const auto body = json::parse(answer.body);
    for (const auto& error : json::at(body, "errors")) return json::text(error, "message");
  } catch (const EngineError&) {  // not JSON: the status has to do
  }
  return "status " + std::to_string(answer.status);
}

ErrorKind kind_of(int status) {
  if (status == 404) return ErrorKind::not_found;
  if (status == 401 || status == 403) return ErrorKind::unauthorized;
  return status >= 500 ? ErrorKind::server : ErrorKind::bad_request;
}

}  // namespace

Registry::Registry(RegistryReference reference, Access access, const Environment& environment)
    : reference_(std::move(reference)),
      access_(access == Access::push ? "pull,push" : "pull"),
      basic_(registry_basic_auth(reference_.host, environment)) {
  const auto host = reference_.host == "docker.io" ? std::string(hub) : reference_.host;
  client_ = std::make_unique<HttpClient>(address_of(host, Encryption::tls));
  if (!on_this_machine(host)) return;
  try {
    HttpRequest ping;
    ping.method = "GET";
    ping.target = "/v2/";
    client_->send(ping);
  } catch (const EngineError& error) {
    if (error.kind() == ErrorKind::untrusted) throw;  // else it may speak plain HTTP
    client_ = std::make_unique<HttpClient>(address_of(host, Encryption::none));
  }
}

std::string Registry::path(const std::string& rest) const {
  return "/v2/" + reference_.repository + rest;
}

HttpAnswer Registry::send_once(HttpRequest request) {
  if (!authorization_.empty()) request.headers.emplace("Authorization", authorization_);
  return client_->send(request);
}

HttpAnswer Registry::send(HttpRequest request) {
  auto answer = send_once(request);
  if (answer.status != 401) return answer;
  authorise(answer.header("www-authenticate"));
  return send_once(std::move(request));
}

HttpAnswer Registry::checked(HttpRequest request) {
  const auto method = request.method, target = request.target.substr(0, request.target.find('?'));
  auto answer = send(std::move(request));
  if (answer.status < 400) return answer;
  throw EngineError(kind_of(answer.status), answer.status, method, target,
                    "the registry " + reference_.host + " says: " + message_of(answer),
                    answer.status == 401 ? "Log in with docker login." : "");
}

// Gets what the registry wants to see: the user's name and password, or a token from the place it names.
void Registry::authorise(const std::string& challenge) {
  if (!challenge.starts_with("Bearer ")) {
    authorization_ = basic_;
    return;
  }
  auto parameters = parameters_of(challenge);
  const auto& realm = parameters["realm"];
  const bool tls = !realm.starts_with("http://");
  const auto begin = realm.find("://") + 3;
  const auto host = realm.substr(begin, realm.find('/', begin) - begin);
  HttpRequest request;
  request.method = "GET";
  request.target = target_of(realm) + "?service=" + url_encode(parameters["service"]) +
                   "&scope=" + url_encode("repository:" + reference_.repository + ":" + access_);
  if (!basic_.empty()) request.headers.emplace("Authorization", basic_);
  HttpClient client(address_of(host, tls ? Encryption::tls : Encryption::none));
  const auto answer = client.send(request);
  if (answer.status >= 400) return;
  const auto body = json::parse(answer.body);
  const auto token = json::text(body, "token");
  authorization_ = "Bearer " + (token.empty() ? json::text(body, "access_token") : token);
}

std::string Registry::manifest() {
  HttpRequest request;
  request.method = "GET";
  request.target = path("/manifests/" + reference_.reference);
  request.headers.emplace("Accept", manifest_types);
  return checked(std::move(request)).body;
}

void Registry::put_manifest(const std::string& media_type, const std::string& text) {
  HttpRequest request;
  request.method = "PUT";
  request.target = path("/manifests/" + reference_.reference);
  request.content_type = media_type;
  request.body = text;
  checked(std::move(request));
}

std::string Registry::blob(const std::string& digest) {
  HttpRequest request;
  request.method = "GET";
  request.target = path("/blobs/" + digest);
  return checked(std::move(request)).body;
}

void Registry::put_blob(const std::string& digest, const std::string& bytes) {
  HttpRequest head;
  head.method = "HEAD";
  head.target = path("/blobs/" + digest);
  if (send(head).status == 200) return;
  HttpRequest begin;
  begin.method = "POST";
  begin.target = path("/blobs/uploads/");
  const auto location = target_of(checked(std::move(begin)).header("location"));
  HttpRequest upload;
  upload.method = "PUT";
  upload.target =
      location + (location.find('?') == std::string::npos ? "?" : "&") + "digest=" + url_encode(digest);
  upload.content_type = "application/octet-stream";
  upload.body = bytes;
  checked(std::move(upload));
}

}  // namespace crstack::engine
