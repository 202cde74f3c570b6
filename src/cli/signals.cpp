// SPDX-License-Identifier: MIT
#include "cli/signals.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

#include "cli/command_line/help.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

sigset_t stopping_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP})
    if (may_be_heard(number)) sigaddset(&set, number);
  return set;
}

volatile std::sig_atomic_t code_of_int, code_of_term;

extern "C" void end_at_once(int number) {
  if (number == SIGINT) end_line_of_ctrl_c();
  _exit(number == SIGINT ? code_of_int : code_of_term);
}

}  // namespace

bool may_be_heard(int signal) {
  struct sigaction now {};
  return signal != SIGHUP || sigaction(signal, nullptr, &now) != 0 || now.sa_handler != SIG_IGN;
}

void end_line_of_ctrl_c() {
  if (isatty(STDERR_FILENO) != 0 && write(STDERR_FILENO, "\n", 1) < 0) return;  // nobody sees it
}

int interrupted_code(int signal) {
  const bool own = program_name() == "crstack" || signal == SIGHUP;
  return own ? 128 + signal : static_cast<int>(ExitCode::interrupted);
}

void end_on_signals() {
  code_of_int = interrupted_code(SIGINT);
  code_of_term = interrupted_code(SIGTERM);
  struct sigaction action {};
  action.sa_handler = end_at_once;
  for (const int number : {SIGINT, SIGTERM}) sigaction(number, &action, nullptr);
}

HeldSignals::HeldSignals() {
  const auto set = stopping_signals();
  pthread_sigmask(SIG_BLOCK, &set, &before_);
}

HeldSignals::~HeldSignals() {
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

Signals::Signals(SecondSignal second) : policy_(second) {
  const auto set = stopping_signals();
  signals_fd_ = signalfd(-1, &set, SFD_CLOEXEC);
  end_fd_ = eventfd(0, EFD_CLOEXEC);
  if (signals_fd_ < 0 || end_fd_ < 0) throw Error("cannot watch for signals: no file descriptor left");
  thread_ = std::thread([this] { watch(); });
}

Signals::~Signals() {
  const std::uint64_t one = 1;
  if (write(end_fd_, &one, sizeof one) == sizeof one) thread_.join();
  close(signals_fd_);
  close(end_fd_);
}

int Signals::exit_code() const {
  const int number = first_number_;
  return number == 0 ? static_cast<int>(ExitCode::interrupted) : interrupted_code(number);
}

int Signals::exit_code_below_ctrl_c() const {
  if (first_number_ == SIGINT) end_line_of_ctrl_c();
  return exit_code();
}

void Signals::watch() {
  while (true) {
    pollfd waiting[] = {{signals_fd_, POLLIN, 0}, {end_fd_, POLLIN, 0}};
    if (poll(waiting, 2, -1) < 0) continue;
    if (waiting[1].revents != 0) return;
    signalfd_siginfo info{};
    if (read(signals_fd_, &info, sizeof info) == sizeof info) on_signal(static_cast<int>(info.ssi_signo));
  }
}

void Signals::on_signal(int number) {
  if (number == SIGHUP && policy_ == SecondSignal::is_told) _exit(interrupted_code(number));
  ++count_;
  if (count_ == 1) {
    first_number_ = number;
    first_.request_stop();
  } else if (count_ == 2 && policy_ == SecondSignal::is_told) {
    second_.request_stop();
  } else {
    _exit(exit_code());
  }
}

}  // namespace crstack::cli
