// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "crstack/base/environment.hpp"
#include "crstack/engine/engine.hpp"

namespace crstack::engine {

/// Paths of PEM files: the authorities that are trusted, and the certificate and key that are shown.
struct TlsFiles {
  std::string authority, certificate, key;
};

/// How to reach an engine. Made by `find_host`.
struct HostAddress {
  std::string url;  ///< `unix:///var/run/docker.sock`, `tcp://host:2376`, `ssh://user@host`
  bool tls = false, tls_verify = false;
  TlsFiles files;
  std::string origin;  ///< what decided it, for errors: `-H`, `DOCKER_HOST`, `context NAME`, `default`
  enum class Peer { engine, registry } peer = Peer::engine;  ///< what listens there, for errors
  std::map<std::string, std::string> headers{};              ///< that each request carries; may be secret
};

/// What the command line says about the engine.
struct HostOptions {
  std::string host;  ///< `-H`
  bool tls = false;
  std::optional<bool> tls_verify;
  TlsFiles files;  ///< empty: those of DOCKER_CERT_PATH. Any of them asks for TLS, an authority for the check
};

/// The engine to talk to: `-H`, then DOCKER_HOST, then the Docker context (DOCKER_CONTEXT or the one in
/// `~/.docker/config.json`), then the default socket.
HostAddress find_host(const HostOptions& options, const Environment& environment);

/// An engine over HTTP (Engine API 1.40 and later, also Podman's). Connects on first use; keeps idle
/// connections and opens one more where all are busy, so that calls from several threads don't wait for each
/// other. `environment` finds the Docker configuration (credentials).
std::unique_ptr<Engine> connect(const HostAddress& address, const Environment& environment);

}  // namespace crstack::engine
