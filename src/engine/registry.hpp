// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "crstack/base/environment.hpp"
#include "crstack/engine/artifact.hpp"
#include "engine/docker_config.hpp"
#include "engine/http_client.hpp"

namespace crstack::engine {

/// One repository of a registry (OCI Distribution Specification, "Endpoints"). One thread uses it.
class Registry {
 public:
  enum class Access { pull, push };
  Registry(RegistryReference reference, Access access, const Environment& environment);

  /// The manifest's text. Throws EngineError{not_found} where there is none.
  std::string manifest();
  void put_manifest(const std::string& media_type, const std::string& text);
  std::string blob(const std::string& digest);
  /// Uploads it unless it is there.
  void put_blob(const std::string& digest, const std::string& bytes);

 private:
  HttpAnswer send(HttpRequest request);
  HttpAnswer send_once(HttpRequest request);
  HttpAnswer checked(HttpRequest request);
  void authorise(const std::string& challenge);
  [[nodiscard]] std::string path(const std::string& rest) const;

  RegistryReference reference_;
  std::string access_, basic_, authorization_;
  std::unique_ptr<HttpClient> client_;
};

}  // namespace crstack::engine
