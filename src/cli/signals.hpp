// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <csignal>
#include <stop_token>
#include <thread>

namespace crstack::cli {

/// What the second Ctrl-C does: end the program at once, or tell whoever asks (`up`, which then kills the
/// stack). The latter also ends at once where its terminal goes away (SIGHUP): the stack goes on without it,
/// as docker compose leaves it.
enum class SecondSignal { ends_program, is_told };

/// The exit code after a signal: 128 and its number; by docker compose's name 130 for SIGTERM, too, as docker
/// compose has it.
int interrupted_code(int signal);

/// Lets what comes next on a terminal begin on a line of its own, not behind `^C`. Safe in a signal handler.
void end_line_of_ctrl_c();

/// Whether a signal may be heard: not SIGHUP where the caller (`nohup`) has it ignored, which blocking it
/// would undo.
bool may_be_heard(int signal);

/// SIGINT and SIGTERM end the program with that code from now on, also where the caller had them ignored,
/// until somebody blocks them (Signals, a session on a terminal).
void end_on_signals();

/// Keeps these signals waiting while it lives, for whoever listens next: none is lost between two listeners.
class HeldSignals {
 public:
  HeldSignals();
  ~HeldSignals();
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

 private:
  sigset_t before_{};
};

/// Turns SIGINT, SIGTERM and SIGHUP into stop tokens while it lives. Make it before anything starts a thread:
/// it blocks these signals, and later threads inherit that. One thread waits for them (signalfd); nothing
/// polls.
class Signals {
 public:
  explicit Signals(SecondSignal second);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// Stopped by the first signal.
  [[nodiscard]] std::stop_token stop() const { return first_.get_token(); }
  /// Stopped by the second one. A third one ends the program.
  [[nodiscard]] std::stop_token force() const { return second_.get_token(); }
  /// That of the first signal; 130 where there was none.
  [[nodiscard]] int exit_code() const;
  /// The same, of what shows no progress on a terminal: the line of `^C` is ended.
  [[nodiscard]] int exit_code_below_ctrl_c() const;

 private:
  void watch();
  void on_signal(int number);

  const HeldSignals held_;
  SecondSignal policy_;
  int signals_fd_ = -1, end_fd_ = -1;
  int count_ = 0;
  std::atomic<int> first_number_{0};
  std::stop_source first_, second_;
  std::thread thread_;
};

}  // namespace crstack::cli
