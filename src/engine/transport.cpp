// SPDX-License-Identifier: MIT
#include "engine/transport.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine/connect_error.hpp"
#include "engine/resolve.hpp"

namespace crstack::engine {

namespace {

constexpr int connect_timeout_ms = 10'000;

class SocketTransport final : public Transport {
 public:
  explicit SocketTransport(int fd) : fd_(fd) {}
  ~SocketTransport() override { ::close(fd_); }
  SocketTransport(const SocketTransport&) = delete;
  SocketTransport& operator=(const SocketTransport&) = delete;

  std::size_t read(char* buffer, std::size_t size) override {
    for (;;) {
      const auto got = ::recv(fd_, buffer, size, 0);
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR) return 0;
    }
  }
  bool write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EINTR) return false;
      if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void close_write() override { ::shutdown(fd_, SHUT_WR); }
  void shut_down() override { ::shutdown(fd_, SHUT_RDWR); }
  [[nodiscard]] int fd() const override { return fd_; }

 private:
  int fd_;
};

int connect_unix(const HostAddress& address, const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (path.size() >= sizeof name.sun_path) throw absent_error(address, "the socket's path is too long");
  std::memcpy(name.sun_path, path.c_str(), path.size() + 1);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) throw connect_error(address, errno);
  int result = 0;
  do result = ::connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name);
  while (result < 0 && errno == EINTR);
  if (result < 0) {
    const int error_number = errno;
    ::close(fd);
    throw connect_error(address, error_number);
  }
  return fd;
}

/// connect(2) with a time limit; 0 or an errno.
int connect_in_time(int fd, const sockaddr* name, socklen_t size) {
  const int flags = ::fcntl(fd, F_GETFL);
  ::fcntl(fd, F_SETFL, flags | O_NONBLOCK);
  int error_number = ::connect(fd, name, size) == 0 ? 0 : errno;
  if (error_number == EINPROGRESS) {
    pollfd waiting{fd, POLLOUT, 0};
    socklen_t length = sizeof error_number;
    if (::poll(&waiting, 1, connect_timeout_ms) == 0)
      error_number = ETIMEDOUT;
    else
      ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error_number, &length);
  }
  ::fcntl(fd, F_SETFL, flags);
  return error_number;
}

/// A connected socket, or the negative errno.
int try_address(const std::string& numeric, int port) {
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  const sockaddr* name = nullptr;
  socklen_t size = 0;
  if (::inet_pton(AF_INET, numeric.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(static_cast<std::uint16_t>(port));
    name = reinterpret_cast<const sockaddr*>(&v4);
    size = sizeof v4;
  } else if (::inet_pton(AF_INET6, numeric.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(static_cast<std::uint16_t>(port));
    name = reinterpret_cast<const sockaddr*>(&v6);
    size = sizeof v6;
  } else {
    return -EADDRNOTAVAIL;
  }
  const int fd = ::socket(name->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  const int error_number = connect_in_time(fd, name, size);
  if (error_number != 0) {
    ::close(fd);
    return -error_number;
  }
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  return fd;
}

int connect_tcp(const HostAddress& address, const HostParts& parts) {
  const int port = parts.port.empty() ? (address.tls ? 2376 : 2375) : std::atoi(parts.port.c_str());
  if (port < 1 || port > 65535) throw absent_error(address, "there is no port " + parts.port);
  int result = -EHOSTUNREACH;
  const auto candidates = resolve(parts.host);
  if (candidates.empty()) throw absent_error(address, "the host name " + parts.host + " is not known");
  for (const auto& numeric : candidates) {
    result = try_address(numeric, port);
    if (result >= 0) return result;
  }
  throw connect_error(address, -result);
}

}  // namespace

HostParts split_host(const std::string& url) {
  HostParts parts;
  const auto scheme = url.find("://");
  parts.scheme = scheme == std::string::npos ? "" : url.substr(0, scheme);
  std::string rest = scheme == std::string::npos ? url : url.substr(scheme + 3);
  if (parts.scheme == "unix") {
    parts.path = rest;
    return parts;
  }
  if (const auto slash = rest.find('/'); slash != std::string::npos) {
    parts.path = rest.substr(slash);
    rest.erase(slash);
  }
  if (const auto user = rest.rfind('@'); user != std::string::npos) {
    parts.user = rest.substr(0, user);
    rest.erase(0, user + 1);
  }
  const auto bracket = rest.find(']');
  const auto colon = rest.find(':', bracket == std::string::npos ? 0 : bracket);
  parts.host = rest.substr(0, colon);
  if (colon != std::string::npos) parts.port = rest.substr(colon + 1);
  if (parts.host.starts_with('[') && parts.host.ends_with(']'))
    parts.host = parts.host.substr(1, parts.host.size() - 2);
  if (parts.host.empty()) parts.host = "127.0.0.1";
  return parts;
}

std::unique_ptr<Transport> wrap_socket(int fd) {
  return std::make_unique<SocketTransport>(fd);
}

std::unique_ptr<Transport> open_transport(const HostAddress& address) {
  const auto parts = split_host(address.url);
  if (parts.scheme == "unix") return wrap_socket(connect_unix(address, parts.path));
  if (parts.scheme == "ssh") return open_ssh(address);
  if (parts.scheme != "tcp" && parts.scheme != "http" && parts.scheme != "https")
    throw absent_error(address, "only unix://, tcp:// and ssh:// are supported");
  const int fd = connect_tcp(address, parts);
  return address.tls ? open_tls(fd, address, parts.host) : wrap_socket(fd);
}

}  // namespace crstack::engine
