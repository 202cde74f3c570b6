// SPDX-License-Identifier: MIT
#include "engine/late_body.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace crstack::engine {

LateBody::LateBody(Fetch fetch) {
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_) != 0)
    throw EngineError(ErrorKind::no_answer, 0, "", "", "no more file descriptors");
  thread_ = std::jthread([this, fetch = std::move(fetch)](std::stop_token stop) { run(fetch, stop); });
}

LateBody::~LateBody() {
  thread_.request_stop();
  ::shutdown(ends_[0], SHUT_RDWR);
  thread_.join();
  for (const int end : ends_) ::close(end);
}

void LateBody::run(const Fetch& fetch, std::stop_token stop) {
  try {
    fetch([this](std::string_view bytes) { return pass_on(bytes); }, std::move(stop));
  } catch (...) {
    failure_ = std::current_exception();
  }
  ::shutdown(ends_[1], SHUT_RDWR);
}

bool LateBody::pass_on(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto sent = ::send(ends_[1], bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EINTR) return false;
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

/// The shutdown behind the last byte comes after the failure was noted.
std::size_t LateBody::read(char* buffer, std::size_t size) {
  for (;;) {
    const auto got = ::recv(ends_[0], buffer, size, 0);
    if (got > 0) return static_cast<std::size_t>(got);
    if (got < 0 && errno == EINTR) continue;
    if (failure_) std::rethrow_exception(failure_);
    return 0;
  }
}

}  // namespace crstack::engine
