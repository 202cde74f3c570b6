// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "crstack/base/error.hpp"

namespace crstack::engine {

/// What went wrong between crstack and the engine.
enum class ErrorKind {
  socket_absent,      ///< nothing listens: no such socket, connection refused
  untrusted,          ///< the server's certificate is not one to trust
  permission_denied,  ///< the socket may not be opened by this user
  no_answer,          ///< connected, but no (whole) answer came
  not_found,          ///< 404
  conflict,           ///< 409
  bad_request,        ///< 400
  unauthorized,       ///< 401, 403
  server,             ///< 5xx, or an error inside a 200 stream
  protocol,           ///< an answer that can't be understood
  unsupported         ///< this engine's API version can't do it
};

/// A call that failed. `status` is the HTTP status or 0; `path` is the request's path without its query.
class EngineError : public Error {
 public:
  EngineError(ErrorKind kind, int status, std::string method, std::string path, const std::string& message,
              std::string hint = {})
      : Error(message, std::move(hint)),
        kind_(kind),
        status_(status),
        method_(std::move(method)),
        path_(std::move(path)) {}
  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }
  [[nodiscard]] int status() const noexcept { return status_; }
  [[nodiscard]] const std::string& method() const noexcept { return method_; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  ErrorKind kind_;
  int status_;
  std::string method_, path_;
};

}  // namespace crstack::engine
