// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "crstack/engine/docker_engine.hpp"

namespace crstack::engine {

/// A connection to an engine: bytes both ways. One reader beside one writer; `shut_down` from any thread.
/// Failures throw EngineError of the kind that fits. The destructor closes it.
class Transport {
 public:
  virtual ~Transport() = default;
  /// Blocks until there are bytes; 0 at the end or after `shut_down`.
  virtual std::size_t read(char* buffer, std::size_t size) = 0;
  /// False: the other side has closed.
  virtual bool write(std::string_view bytes) = 0;
  virtual void close_write() = 0;
  /// Wakes whoever reads or writes; nothing can be read or written afterwards.
  virtual void shut_down() = 0;
  [[nodiscard]] virtual int fd() const = 0;
  /// Bytes that `read` gives without touching the socket.
  [[nodiscard]] virtual bool has_buffered() const { return false; }
};

/// Opens a connection (unix, tcp, tcp with TLS, ssh).
std::unique_ptr<Transport> open_transport(const HostAddress& address);

/// TLS over a connected socket (takes it over). `server` is checked against the certificate where
/// `address.tls_verify` is set.
std::unique_ptr<Transport> open_tls(int fd, const HostAddress& address, const std::string& server);

/// An ssh process that runs `docker system dial-stdio` on the other machine.
std::unique_ptr<Transport> open_ssh(const HostAddress& address);

/// The plain socket's transport (takes it over).
std::unique_ptr<Transport> wrap_socket(int fd);

/// The parts of `tcp://host:port` and `ssh://user@host:port/path`.
struct HostParts {
  std::string scheme, user, host, port, path;
};
HostParts split_host(const std::string& url);

}  // namespace crstack::engine
