// SPDX-License-Identifier: MIT
#include "crstack/base/error.hpp"
#include "crstack/base/file.hpp"
#include "crstack/base/text.hpp"
#include "crstack/engine/docker_engine.hpp"
#include "engine/docker_config.hpp"
#include "engine/json.hpp"

namespace crstack::engine {

namespace {

constexpr const char* default_socket = "unix:///var/run/docker.sock";

TlsFiles files_in(const std::string& directory) {
  return {directory + "/ca.pem", directory + "/cert.pem", directory + "/key.pem"};
}

/// What the options say beats what was found.
void apply_options(HostAddress& address, const HostOptions& options) {
  const auto& files = options.files;
  if (!files.authority.empty()) address.files.authority = files.authority;
  if (!files.certificate.empty()) address.files.certificate = files.certificate;
  if (!files.key.empty()) address.files.key = files.key;
  address.tls_verify = options.tls_verify.value_or(address.tls_verify || !files.authority.empty());
  const bool wanted = options.tls || address.tls_verify || !files.certificate.empty() || !files.key.empty();
  const bool local = address.url.starts_with("unix://") || address.url.starts_with("ssh://");
  address.tls = !local && (address.tls || wanted);
}

/// An address as people type it; `host:port` alone means TCP, as for the docker CLI.
HostAddress typed(const std::string& text, const std::string& origin, const Environment& environment) {
  HostAddress address;
  std::string url(trim(text));
  if (url.find("://") == std::string::npos) url = url.starts_with('/') ? "unix://" + url : "tcp://" + url;
  address.url = url == "unix://" ? default_socket : url;
  address.origin = origin;
  address.tls_verify = !variable(environment, "DOCKER_TLS_VERIFY").empty();
  address.tls =
      address.tls_verify || !variable(environment, "DOCKER_TLS").empty() || url.starts_with("https://");
  const auto directory = variable(environment, "DOCKER_CERT_PATH");
  address.files = files_in(directory.empty() ? config_directory(environment) : directory);
  return address;
}

/// `docker context` keeps a context under the SHA-256 of its name.
HostAddress from_context(const std::string& name, const Environment& environment) {
  const auto contexts = config_directory(environment) + "/contexts";
  const auto id = sha256_hex(name);
  const auto meta = json::Json::parse(read_if_there(contexts + "/meta/" + id + "/meta.json"), nullptr, false);
  const auto& endpoint = json::at(json::at(meta, "Endpoints"), "docker");
  HostAddress address;
  address.url = json::text(endpoint, "Host");
  if (address.url.empty())
    throw Error("unable to resolve docker endpoint: context \"" + name + "\": context not found: open " +
                    contexts + "/meta/" + id + "/meta.json: no such file or directory",
                "`docker context ls` shows those that are; unset DOCKER_CONTEXT for the default one.");
  address.origin = "context " + name;
  const auto certificates = contexts + "/tls/" + id + "/docker";
  address.files = files_in(certificates);
  // Without an authority of its own it trusts whom the system trusts.
  if (read_if_there(address.files.authority).empty()) address.files.authority.clear();
  const bool unverified = json::truth(endpoint, "SkipTLSVerify");
  const bool wanted =
      unverified || !address.files.authority.empty() || !read_if_there(address.files.certificate).empty();
  address.tls = address.url.starts_with("tcp://") && wanted;
  address.tls_verify = address.tls && !unverified;
  return address;
}

HostAddress find_any(const std::string& host_option, const Environment& environment) {
  if (!host_option.empty()) return typed(host_option, "--host", environment);
  if (const auto host = variable(environment, "DOCKER_HOST"); !host.empty())
    return typed(host, "DOCKER_HOST", environment);
  auto context = variable(environment, "DOCKER_CONTEXT");
  if (context.empty()) {
    context = json::text(load_config(environment), "currentContext");
  }
  if (context.empty() || context == "default") return typed(default_socket, "default", environment);
  return from_context(context, environment);
}

}  // namespace

HostAddress find_host(const HostOptions& options, const Environment& environment) {
  auto address = find_any(options.host, environment);
  apply_options(address, options);
  address.headers = custom_headers(environment);
  return address;
}

}  // namespace crstack::engine
