// SPDX-License-Identifier: MIT
#include "engine/connection.hpp"

#include <poll.h>

namespace crstack::engine {

std::size_t Connection::read(char* buffer, std::size_t size) {
  if (begin_ == end_) {
    if (size >= buffer_.size()) return transport_->read(buffer, size);
    begin_ = 0;
    end_ = transport_->read(buffer_.data(), buffer_.size());
  }
  return take_buffered(buffer, size);
}

bool Connection::ready(int timeout_ms) {
  if (has_buffered()) return true;
  pollfd state{transport_->fd(), POLLIN, 0};
  return ::poll(&state, 1, timeout_ms) != 0;
}

}  // namespace crstack::engine
