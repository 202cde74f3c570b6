// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "crstack/base/environment.hpp"
#include "crstack/engine/spec.hpp"
#include "engine/docker_config.hpp"
#include "engine/session/grpc_server.hpp"
#include "engine/session/key_agent.hpp"

namespace crstack::engine {

/// What BuildKit asks its client for while it builds: secrets, the SSH agents that the build may use, and
/// credentials for registries. `POST /session` (from API 1.39) hands a connection over on which the engine
/// calls us.
class BuildSession {
 public:
  /// Throws Error where an SSH key can't be used.
  BuildSession(const BuildSpec& spec, Environment environment);
  /// Ends the serving, and waits for it.
  ~BuildSession();

  /// The session's name for `POST /build`.
  [[nodiscard]] const std::string& id() const { return id_; }
  /// The headers of `POST /session`.
  [[nodiscard]] std::multimap<std::string, std::string> headers() const;
  /// Serves on a thread of its own until this object goes.
  void serve(std::unique_ptr<Connection> connection);

 private:
  [[nodiscard]] GrpcAnswer secret(std::string_view request) const;
  [[nodiscard]] GrpcAnswer credentials(std::string_view request) const;
  [[nodiscard]] std::string agent(const std::string& id) const;
  std::unique_ptr<GrpcStream> forward(const GrpcHeaders& headers, GrpcReply reply) const;

  std::map<std::string, std::string> secrets_, ssh_agents_;
  std::vector<std::unique_ptr<KeyAgent>> key_agents_;
  Environment environment_;
  std::string id_;
  GrpcServer server_;
  std::unique_ptr<Connection> connection_;
  std::thread thread_;
};

}  // namespace crstack::engine
