// SPDX-License-Identifier: MIT
#include "cli/plugin_socket.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <thread>

namespace crstack::cli {
namespace {

// `@name` is an abstract one, without a file.
int connect_to(std::string name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.empty() || name.size() >= sizeof address.sun_path) return -1;
  if (name.front() == '@') name.front() = '\0';
  name.copy(address.sun_path, name.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0 && connect(fd, reinterpret_cast<const sockaddr*>(&address), size) == 0) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

void wait_for_the_end(int fd) {
  char byte = 0;
  while (read(fd, &byte, 1) > 0) continue;
  close(fd);
  kill(getpid(), SIGINT);
}

}  // namespace

void follow_docker() {
  const char* name = std::getenv("DOCKER_CLI_PLUGIN_SOCKET");
  const int fd = name == nullptr ? -1 : connect_to(name);
  if (fd < 0) return;
  sigset_t all, before;  // signals are other threads' business
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread(wait_for_the_end, fd).detach();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace crstack::cli
