// SPDX-License-Identifier: MIT
#include "engine/docker_config.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include "crstack/base/base64.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/file.hpp"
#include "crstack/base/process.hpp"
#include "crstack/base/text.hpp"
#include "crstack/engine/docker_settings.hpp"

namespace crstack::engine {

namespace {

using json::Json;

constexpr const char* hub_key = "https://index.docker.io/v1/";

/// `registry.example` for `https://registry.example/v1/`.
std::string host_of(std::string key) {
  for (const std::string prefix : {"https://", "http://"})
    if (key.starts_with(prefix)) key.erase(0, prefix.size());
  return key.substr(0, key.find('/'));
}

Json auth_object(const std::string& user, const std::string& password, const std::string& server) {
  if (user == "<token>") return {{"identitytoken", password}, {"serveraddress", server}};
  return {{"username", user}, {"password", password}, {"serveraddress", server}};
}

/// What a credential helper knows of a registry; null where it knows nothing. One that fails is an error: a
/// pull without credentials would only seem to be refused.
Json ask_helper(const std::string& helper, const std::string& server) {
  const auto program = "docker-credential-" + helper;
  const auto answer = run_process({program, "get"}, server + "\n");
  if (answer.out.starts_with("credentials not found")) return nullptr;
  if (answer.exit_code == 127)
    throw Error("error getting credentials - err: exec: \"" + program +
                    "\": executable file not found in $PATH, out: ``",
                "Install it, or take it out of config.json (credsStore, credHelpers).");
  if (answer.exit_code != 0)
    throw Error("error getting credentials - err: exit status " + std::to_string(answer.exit_code) +
                ", out: `" + std::string(trim(answer.out)) + "`");
  const auto value = Json::parse(answer.out, nullptr, false);
  if (!value.is_object()) return nullptr;
  return auth_object(json::text(value, "Username"), json::text(value, "Secret"), server);
}

Json stored_auth(const Json& config, const std::string& registry, const std::string& server) {
  const auto& auths = json::at(config, "auths");
  if (!auths.is_object()) return nullptr;
  for (const auto& [key, entry] : auths.items()) {
    if (key != server && host_of(key) != registry) continue;
    if (const auto token = json::text(entry, "identitytoken"); !token.empty())
      return {{"identitytoken", token}, {"serveraddress", server}};
    const auto pair = base64_decode(json::text(entry, "auth"));
    const auto colon = pair.find(':');
    if (colon != std::string::npos) return auth_object(pair.substr(0, colon), pair.substr(colon + 1), server);
    if (const auto user = json::text(entry, "username"); !user.empty())
      return auth_object(user, json::text(entry, "password"), server);
  }
  return nullptr;
}

Json find_auth(const Json& config, const std::string& registry) {
  const std::string server = registry == "docker.io" ? hub_key : registry;
  const auto& helpers = json::at(config, "credHelpers");
  auto helper = json::text(helpers, registry.c_str());
  if (helper.empty()) helper = json::text(helpers, server.c_str());
  if (helper.empty()) helper = json::text(config, "credsStore");
  if (!helper.empty())
    if (auto known = ask_helper(helper, server); !known.is_null()) return known;
  const bool hub = registry == "docker.io";
  return stored_auth(config, hub ? "index.docker.io" : registry, server);
}

/// What is known of each registry that the configuration names, by the name it has there.
Json known_auths(const Environment& environment) {
  const auto config = load_config(environment);
  std::set<std::string> registries;
  for (const char* section : {"auths", "credHelpers"})
    for (const auto& key : json::keys(config, section))
      registries.insert(host_of(key) == "index.docker.io" ? "docker.io" : host_of(key));
  Json all = Json::object();
  for (const auto& registry : registries) {
    try {
      if (auto known = find_auth(config, registry); !known.is_null())
        all[registry == "docker.io" ? hub_key : registry] = known;
    } catch (const Error&) {  // this one may not be needed
    }
  }
  return all;
}

std::string user_and_password(const Json& auth) {
  return base64(json::text(auth, "username") + ":" + json::text(auth, "password"));
}

}  // namespace

Json load_config(const Environment& environment, std::string* problem) {
  const auto path = config_directory(environment) + "/config.json";
  const auto text = read_if_there(path);
  if (problem != nullptr && ::access(path.c_str(), R_OK) != 0 && errno != ENOENT)
    *problem = "Error loading config file: open " + path + ": " + to_lower(std::strerror(errno));
  std::string reason = "it is no JSON object";
  try {
    if (trim(text).empty()) return Json::object();
    if (auto config = Json::parse(text); config.is_object()) return config;
  } catch (const Json::parse_error& error) {  // whose text shows what it read: a secret, perhaps
    const auto line = std::count(text.begin(), text.begin() + std::min(error.byte, text.size()), '\n') + 1;
    reason = "line " + std::to_string(line) + " is no JSON";
  }
  if (problem != nullptr) *problem = "Error parsing config file (" + path + "): " + reason;
  return Json::object();
}

std::string config_directory(const Environment& environment) {
  const auto configured = variable(environment, "DOCKER_CONFIG");
  return configured.empty() ? variable(environment, "HOME") + "/.docker" : configured;
}

std::string registry_of(const std::string& reference) {
  const auto slash = reference.find('/');
  if (slash == std::string::npos) return "docker.io";
  const auto first = reference.substr(0, slash);
  const bool host = first.find_first_of(".:") != std::string::npos || first == "localhost";
  return !host || first == "index.docker.io" ? "docker.io" : first;
}

std::string registry_auth(const std::string& reference, const Environment& environment) {
  const auto known = find_auth(load_config(environment), registry_of(reference));
  return base64_url(known.is_null() ? "{}" : known.dump());
}

std::string registry_basic_auth(const std::string& registry, const Environment& environment) {
  const auto known = find_auth(load_config(environment), registry);
  if (json::text(known, "username").empty()) return {};
  return "Basic " + user_and_password(known);
}

std::string registry_config(const Environment& environment) {
  return base64_url(known_auths(environment).dump());
}

StringMap proxy_variables(const std::string& engine, const Environment& environment) {
  const std::pair<const char*, const char*> names[] = {{"httpProxy", "HTTP_PROXY"},
                                                       {"httpsProxy", "HTTPS_PROXY"},
                                                       {"noProxy", "NO_PROXY"},
                                                       {"ftpProxy", "FTP_PROXY"},
                                                       {"allProxy", "ALL_PROXY"}};
  const auto config = load_config(environment);
  const auto& all = json::at(config, "proxies");
  const auto& own = json::at(all, engine.c_str());
  const auto& proxies = own.is_object() ? own : json::at(all, "default");
  StringMap variables;
  for (const auto& [key, name] : names)
    if (const auto value = json::text(proxies, key); !value.empty())
      variables[name] = variables[to_lower(name)] = value;
  return variables;
}

std::string credentials_file(const Environment& environment) {
  const Json known = known_auths(environment);
  Json auths = Json::object();
  for (const auto& [registry, auth] : known.items()) {
    const auto token = json::text(auth, "identitytoken");
    auths[registry] =
        token.empty() ? Json{{"auth", user_and_password(auth)}} : Json{{"identitytoken", token}};
  }
  return Json{{"auths", auths}}.dump(1, '\t');
}

}  // namespace crstack::engine
