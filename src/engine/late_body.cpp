// SPDX-License-Identifier: MIT
#include "engine/late_body.hpp"

#include <sys/socket.h>

namespace crstack::engine {

LateBody::LateBody(Fetch fetch) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw EngineError(ErrorKind::no_answer, 0, "", "", "no more file descriptors");
  near_ = wrap_socket(ends[0]);
  far_ = wrap_socket(ends[1]);
  thread_ = std::jthread([this, fetch = std::move(fetch)](std::stop_token stop) { run(fetch, stop); });
}

LateBody::~LateBody() {
  thread_.request_stop();
  near_->shut_down();
  thread_.join();
}

void LateBody::run(const Fetch& fetch, std::stop_token stop) {
  try {
    fetch([this](std::string_view bytes) { return far_->write(bytes); }, std::move(stop));
  } catch (...) {
    failure_ = std::current_exception();
  }
  far_->shut_down();
}

/// The shutdown behind the last byte comes after the failure was noted.
std::size_t LateBody::read(char* buffer, std::size_t size) {
  const auto got = near_->read(buffer, size);
  if (got == 0 && failure_) std::rethrow_exception(failure_);
  return got;
}

}  // namespace crstack::engine
