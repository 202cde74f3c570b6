// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "crstack/engine/docker_engine.hpp"
#include "crstack/engine/error.hpp"

/// Why no engine could be reached: which address was tried, who chose it, why it failed, what to do.
namespace crstack::engine {

EngineError absent_error(const HostAddress& address, const std::string& why);
/// TLS: the server or this client isn't trusted, or a certificate can't be read.
EngineError tls_error(const HostAddress& address, const std::string& why,
                      ErrorKind kind = ErrorKind::socket_absent);
EngineError permission_error(const HostAddress& address);
EngineError silent_error(const HostAddress& address, const std::string& why);
/// From an errno of connect(2).
EngineError connect_error(const HostAddress& address, int error_number);

}  // namespace crstack::engine
