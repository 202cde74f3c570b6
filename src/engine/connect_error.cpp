// SPDX-License-Identifier: MIT
#include "engine/connect_error.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

namespace crstack::engine {

namespace {

constexpr const char* how_to_name_one = "name another engine with DOCKER_HOST or --host.";

std::string at(const HostAddress& address) {
  return address.url + " (" + address.origin + ")";
}

/// Begins as docker's own sentence does, which scripts look for.
std::string cannot_connect(const HostAddress& address, const std::string& why) {
  if (address.peer == HostAddress::Peer::registry)
    return "failed to do request: the " + address.origin + " can't be reached: " + why;
  return "Cannot connect to the Docker daemon at " + address.url + ". Is the docker daemon running? (" +
         address.origin + ": " + why + ")";
}

std::string socket_path(const HostAddress& address) {
  return address.url.starts_with("unix://") ? address.url.substr(7) : "";
}

}  // namespace

EngineError absent_error(const HostAddress& address, const std::string& why) {
  return {ErrorKind::socket_absent,
          0,
          "",
          "",
          cannot_connect(address, why),
          address.peer == HostAddress::Peer::registry ? "Check its name, and whether this machine gets there."
                                                      : std::string("Start it, or ") + how_to_name_one};
}

EngineError tls_error(const HostAddress& address, const std::string& why, ErrorKind kind) {
  if (address.peer == HostAddress::Peer::registry)
    return {kind,
            0,
            "",
            "",
            cannot_connect(address, why),
            "SSL_CERT_FILE names a file of the authorities to trust."};
  return {kind,
          0,
          "",
          "",
          "Cannot connect to the Docker daemon at " + address.url +
              ". No trust between it and this client (" + address.origin + ": " + why + ")",
          std::string(
              "DOCKER_CERT_PATH names the directory of ca.pem, cert.pem and key.pem, and DOCKER_TLS_VERIFY "
              "says whether the engine's certificate is checked; or ") +
              how_to_name_one};
}

EngineError permission_error(const HostAddress& address) {
  struct stat status {};
  std::string owner = "docker";
  if (::stat(socket_path(address).c_str(), &status) == 0) owner = "number " + std::to_string(status.st_gid);
  return {ErrorKind::permission_denied,
          0,
          "",
          "",
          "permission denied while trying to connect to the Docker daemon at " + at(address),
          "The socket belongs to group " + owner +
              ": run this as root, or become a member of that group, or " + how_to_name_one};
}

EngineError silent_error(const HostAddress& address, const std::string& why) {
  return {
      ErrorKind::no_answer,
      0,
      "",
      "",
      "No answer from the Docker daemon at " + at(address) + ": " + why,
      std::string("The engine may still be starting, or it hangs: look at its log, or ") + how_to_name_one};
}

EngineError connect_error(const HostAddress& address, int error_number) {
  const bool local = !socket_path(address).empty();
  switch (error_number) {
    case EACCES:
    case EPERM:
      return permission_error(address);
    case ENOENT:
      return absent_error(address, "there is no such socket");
    case ECONNREFUSED:
      return absent_error(address, local ? "nothing listens on that socket" : "connection refused");
    case ETIMEDOUT:
      return silent_error(address, "the connection timed out");
    default:
      return absent_error(address, std::strerror(error_number));
  }
}

}  // namespace crstack::engine
