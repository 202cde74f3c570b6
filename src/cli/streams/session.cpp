// SPDX-License-Identifier: MIT
#include "cli/streams/session.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <thread>

#include "cli/signals.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"
#include "crstack/engine/docker_settings.hpp"

namespace crstack::cli {
namespace {

constexpr int resize_attempts = 10, resize_pause_ms = 20;
constexpr int handled_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT};

/// Standard input's terminal, raw while this lives.
class RawTerminal {
 public:
  explicit RawTerminal(bool wanted) {
    if (!wanted || ::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    active_ = true;
    enter();
  }
  ~RawTerminal() {
    if (active_) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before_);
  }
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;
  /// Again, after the shell had the terminal (SIGCONT).
  void enter() {
    if (!active_) return;
    termios raw = before_;
    ::cfmakeraw(&raw);
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
  }

 private:
  termios before_{};
  bool active_ = false;
};

/// Makes signals readable from a descriptor while it lives; a closed output is then an error, not the end.
class SignalFd {
 public:
  SignalFd() {
    sigset_t handled;
    sigemptyset(&handled);
    for (const int number : handled_signals)
      if (may_be_heard(number)) sigaddset(&handled, number);
    sigset_t blocked = handled;
    sigaddset(&blocked, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &blocked, &before_);
    fd_ = ::signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK);
  }
  ~SignalFd() {
    ::close(fd_);
    sigset_t pipe;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    const timespec at_once{};
    sigtimedwait(&pipe, nullptr, &at_once);
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  SignalFd(const SignalFd&) = delete;
  SignalFd& operator=(const SignalFd&) = delete;
  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] std::optional<int> next() const {
    signalfd_siginfo info{};
    if (::read(fd_, &info, sizeof info) != sizeof info) return std::nullopt;
    return static_cast<int>(info.ssi_signo);
  }

 private:
  sigset_t before_{};
  int fd_ = -1;
};

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EAGAIN) {
      pollfd full{fd, POLLOUT, 0};
      ::poll(&full, 1, -1);
    } else if (written < 0 && errno != EINTR) {
      return false;
    }
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// What comes from this side: typed or piped bytes, signals, the window's size. Runs in a thread of its own,
/// so that neither direction waits for the other.
class NearSide {
 public:
  NearSide(engine::Duplex& stream, const SessionOptions& options, const SignalFd& signals, RawTerminal& raw)
      : stream_(stream),
        options_(options),
        signals_(signals),
        raw_(raw),
        wake_(::eventfd(0, EFD_CLOEXEC)),
        begun_(!options.start),
        open_(options.input == Input::forward),
        resizes_left_(options.resize && options.terminal == engine::Terminal::yes ? resize_attempts : 0),
        redraw_(options.begin == SessionOptions::Begin::redraw) {
    const bool typed = options.terminal == engine::Terminal::yes && ::isatty(STDIN_FILENO) != 0;
    if (typed && !options.detach_keys.empty()) keys_.emplace(options.detach_keys);
    thread_ = std::thread([this] { run(); });
  }
  ~NearSide() {
    finish();
    ::close(wake_);
  }
  NearSide(const NearSide&) = delete;
  NearSide& operator=(const NearSide&) = delete;

  /// The other side runs: input and the window's size are passed on from now on.
  void begin() {
    begun_ = true;
    ::eventfd_write(wake_, 1);
  }

  /// Ends the thread; how the session ended as far as this side knows.
  SessionResult finish() {
    over_ = true;
    ::eventfd_write(wake_, 1);
    wake_reader();
    if (thread_.joinable()) thread_.join();
    return result_;
  }

 private:
  void run() {
    for (;;) {
      std::array<pollfd, 3> entries{pollfd{wake_, POLLIN, 0}, pollfd{signals_.fd(), POLLIN, 0},
                                    pollfd{begun_ && open_ ? STDIN_FILENO : -1, POLLIN, 0}};
      if (begun_) try_resize();
      const bool again = begun_ && resizes_left_ > 0;
      const int ready = ::poll(entries.data(), entries.size(), again ? resize_pause_ms : -1);
      if (ready < 0 && errno != EINTR) return;
      eventfd_t woken = 0;
      if (entries[0].revents != 0) ::eventfd_read(wake_, &woken);
      if (over_) return;
      if (entries[1].revents != 0)
        while (const auto number = signals_.next())
          if (!on_signal(*number)) return;
      if (entries[2].revents != 0 && !on_input()) return;
    }
  }

  /// Right after the start the engine may not have the terminal yet: tried again a few times.
  void try_resize() {
    winsize size{};
    if (resizes_left_ == 0 || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0) {
      resizes_left_ = 0;
      return;
    }
    --resizes_left_;
    try {
      if (redraw_) options_.resize(size.ws_row + 1, size.ws_col);
      redraw_ = false;
      options_.resize(size.ws_row, size.ws_col);
      resizes_left_ = 0;
    } catch (const engine::EngineError&) {
      return;
    }
  }

  bool on_signal(int number) {
    if (number == SIGWINCH || number == SIGCONT) {
      if (number == SIGCONT) raw_.enter();
      if (options_.resize && options_.terminal == engine::Terminal::yes)
        resizes_left_ = std::max(resizes_left_, 1);
      return true;
    }
    try {
      if (options_.on_signal && options_.on_signal(number)) return true;
    } catch (const engine::EngineError&) {
      return true;  // it has ended meanwhile: the stream says so
    }
    if (number == SIGUSR1 || number == SIGUSR2) return true;
    return end(SessionResult::End::interrupted, number);
  }

  bool on_input() {
    std::array<char, 65536> buffer;
    const auto got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return true;
    if (got <= 0) {
      open_ = false;
      stream_.close_write();
      return true;
    }
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    if (!keys_) {
      stream_.write(bytes);
      return true;
    }
    const bool leave = keys_->feed(bytes, [this](std::string_view part) { stream_.write(part); });
    return !leave || end(SessionResult::End::detached, 0);
  }

  bool end(SessionResult::End how, int number) {
    result_ = {how, number};
    wake_reader();
    return false;
  }

  /// Both directions end: whoever reads or writes the stream goes on at once.
  void wake_reader() { ::shutdown(stream_.fd(), SHUT_RDWR); }

  engine::Duplex& stream_;
  const SessionOptions& options_;
  const SignalFd& signals_;
  RawTerminal& raw_;
  int wake_;
  std::atomic<bool> over_ = false, begun_;
  bool open_;
  int resizes_left_;
  bool redraw_;
  std::optional<DetachKeys> keys_;
  SessionResult result_;
  std::thread thread_;
};

char key_of_name(const std::string& name) {
  if (name.size() == 1) return name[0];
  if (name.size() == 6 && name.starts_with("ctrl-")) {
    const char key = name[5];
    if ((key >= 'a' && key <= 'z') || (key >= '@' && key <= '_')) return static_cast<char>(key & 0x1f);
  }
  throw UsageError("invalid detach keys: \"" + name + "\"", "For example ctrl-p,ctrl-q or ctrl-x,d.");
}

}  // namespace

bool gives_terminal(std::optional<bool> asked) {
  const bool typed = ::isatty(STDIN_FILENO) != 0;
  if (asked.value_or(false) && !typed) throw Error("the input device is not a TTY");
  return asked.value_or(typed && ::isatty(STDOUT_FILENO) != 0);
}

std::string configured_detach_keys(const Environment& environment) {
  auto keys = engine::docker_settings(environment).detach_keys;
  return keys.empty() ? SessionOptions{}.detach_keys : keys;
}

DetachKeys::DetachKeys(const std::string& keys) {
  for (const auto& name : split(keys, ',')) sequence_ += key_of_name(name);
}

bool DetachKeys::feed(std::string_view typed, const std::function<void(std::string_view)>& take) {
  for (const char key : typed) {
    if (key == sequence_[matched_]) {
      if (++matched_ == sequence_.size()) return true;
      continue;
    }
    if (matched_ > 0) take(std::string_view(sequence_).substr(0, matched_));
    matched_ = key == sequence_[0] ? 1 : 0;
    if (matched_ == 0) take({&key, 1});
  }
  return false;
}

void require_heard(const SessionResult& result) {
  if (result.end != SessionResult::End::unheard) return;
  throw Error("write /dev/stdout: " + to_lower(std::strerror(result.error)));
}

SessionResult run_session(engine::Duplex& stream, const SessionOptions& options) {
  const bool terminal = options.terminal == engine::Terminal::yes;
  if (terminal && !options.detach_keys.empty()) const DetachKeys checked(options.detach_keys);
  const SignalFd signals;
  RawTerminal raw(terminal && options.input == Input::forward && ::isatty(STDIN_FILENO) != 0);
  int lost = 0;
  engine::Demux demux(options.terminal, [&lost](engine::StreamKind kind, std::string_view bytes) {
    const bool heard = write_all(kind == engine::StreamKind::err ? STDERR_FILENO : STDOUT_FILENO, bytes);
    if (!heard) lost = errno;
    return heard;
  });
  NearSide near(stream, options, signals, raw);
  if (options.start) {
    options.start();
    near.begin();
  }
  std::array<char, 65536> buffer;
  while (const auto got = stream.read(buffer.data(), buffer.size()))
    if (!demux.feed({buffer.data(), got})) break;
  const auto result = near.finish();
  return lost == 0 ? result : SessionResult{SessionResult::End::unheard, 0, lost};
}

}  // namespace crstack::cli
