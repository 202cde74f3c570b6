// SPDX-License-Identifier: MIT
#include "cli/streams/wake.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>

#include "crstack/base/error.hpp"

namespace crstack::cli {

Wake::Wake() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (fd_ < 0) throw Error("no file descriptor is left (ulimit -n)");
}

Wake::~Wake() {
  ::close(fd_);
}

void Wake::wake() const {
  ::eventfd_write(fd_, 1);
}

void Wake::wait(std::vector<pollfd>& descriptors, std::optional<std::chrono::milliseconds> time) const {
  descriptors.push_back({fd_, POLLIN, 0});
  const int limit = time ? static_cast<int>(std::max<std::chrono::milliseconds::rep>(0, time->count())) : -1;
  const bool woken = ::poll(descriptors.data(), descriptors.size(), limit) > 0;
  if (!woken)  // nothing, or a signal: what poll(2) left there means nothing
    for (auto& descriptor : descriptors) descriptor.revents = 0;
  eventfd_t count = 0;
  if (descriptors.back().revents != 0) ::eventfd_read(fd_, &count);
  descriptors.pop_back();
}

}  // namespace crstack::cli
