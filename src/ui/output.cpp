// SPDX-License-Identifier: MIT
#include "crstack/ui/output.hpp"

#include <poll.h>
#include <unistd.h>
#include <cerrno>
#include <new>
#include <utility>

namespace crstack::ui {

bool FdOutput::write(std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::write(fd_, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd ready{fd_, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

bool StringOutput::write(std::string_view text) noexcept {
  try {
    text_ += text;
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

std::string StringOutput::take() {
  return std::exchange(text_, {});
}

}  // namespace crstack::ui
