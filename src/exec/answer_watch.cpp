// SPDX-License-Identifier: MIT
#include "answer_watch.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "crstack/base/error.hpp"

namespace crstack::exec {

namespace {

constexpr plan::StepId no_step = 0;

void watch_fd(int poll, int fd, plan::StepId step) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLONESHOT;
  event.data.u32 = step;
  if (::epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event) != 0)
    throw Error(std::string("The engine's answers can't be waited for: ") + std::strerror(errno));
}

}  // namespace

AnswerWatch::AnswerWatch(Loop& loop, std::function<void(plan::StepId)> answered)
    : loop_(loop), answered_(std::move(answered)) {}

AnswerWatch::~AnswerWatch() {
  if (thread_.joinable()) {
    ::eventfd_write(end_, 1);
    thread_.join();
  }
  for (const int fd : {poll_, end_})
    if (fd >= 0) ::close(fd);
}

void AnswerWatch::add(int fd, plan::StepId step) {
  if (!thread_.joinable()) open();
  watch_fd(poll_, fd, step);
}

void AnswerWatch::open() {
  poll_ = ::epoll_create1(EPOLL_CLOEXEC);
  end_ = ::eventfd(0, EFD_CLOEXEC);
  watch_fd(poll_, end_, no_step);
  thread_ = std::thread([this] { watch(); });
}

void AnswerWatch::watch() {
  std::array<epoll_event, 16> events{};
  for (;;) {
    const int count = ::epoll_wait(poll_, events.data(), static_cast<int>(events.size()), -1);
    if (count < 0 && errno != EINTR) return;
    for (int i = 0; i < count; ++i) {
      const plan::StepId step = events.at(static_cast<std::size_t>(i)).data.u32;
      if (step == no_step) return;
      loop_.post([this, step] { answered_(step); });
    }
  }
}

}  // namespace crstack::exec
