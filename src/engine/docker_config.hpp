// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include "crstack/base/environment.hpp"
#include "engine/json.hpp"

/// The user's Docker configuration: `$DOCKER_CONFIG/config.json`, else `~/.docker/config.json`.
namespace crstack::engine {

std::string config_directory(const Environment& environment);

/// What the file says; an empty object where it is not there, or can't be used: `problem` gets why.
json::Json load_config(const Environment& environment, std::string* problem = nullptr);

/// The value of `X-Registry-Auth` for an image reference: base64url JSON from `auths`, `credHelpers` or
/// `credsStore` (a helper program `docker-credential-NAME`). An empty JSON object where nothing is known.
/// Throws Error where a helper is missing or fails.
std::string registry_auth(const std::string& reference, const Environment& environment);

/// The value of `Authorization` for a registry: `Basic …`; empty where nothing is known.
std::string registry_basic_auth(const std::string& registry, const Environment& environment);

/// The value of `X-Registry-Config` for builds: all registries that the configuration names.
std::string registry_config(const Environment& environment);

/// Variables that containers and builds on an engine get, unless they have their own: `proxies` of the file,
/// for the engine's address or else by `default`, in capital and in small letters. Their values may be
/// secret.
StringMap proxy_variables(const std::string& engine, const Environment& environment);

/// What each request to an engine carries besides: DOCKER_CUSTOM_HEADERS, else `HttpHeaders` of the file.
/// Their values may be secret. Throws Error where the variable can't be read.
StringMap custom_headers(const Environment& environment);

/// `docker.io` for `busybox` and `user/app`, else the part before the first slash.
std::string registry_of(const std::string& reference);

}  // namespace crstack::engine
