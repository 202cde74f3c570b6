// SPDX-License-Identifier: MIT
#include "exec_command.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "crstack/base/stop_signal.hpp"

namespace crstack::exec {

namespace {

constexpr std::size_t kept_output = 4096;  ///< bytes; what the engine keeps of a probe as well
constexpr std::size_t frame_header = 8;    ///< type, three zeros, length (big-endian)

/// Takes the payload out of the engine's frames and keeps the end of it.
class Tail {
 public:
  void add(std::string_view bytes) {
    for (const char byte : bytes) add(byte);
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void add(char byte) {
    if (payload_ > 0) {
      --payload_;
      text_ += byte;
      if (text_.size() > 2 * kept_output) text_.erase(0, text_.size() - kept_output);
      return;
    }
    header_[filled_++] = static_cast<unsigned char>(byte);
    if (filled_ < frame_header) return;
    filled_ = 0;
    payload_ = std::size_t{header_[4]} << 24 | std::size_t{header_[5]} << 16 | std::size_t{header_[6]} << 8 |
               std::size_t{header_[7]};
  }

  std::array<unsigned char, frame_header> header_{};
  std::size_t filled_ = 0, payload_ = 0;
  std::string text_;
};

/// Whether there is something to read (or the end) before the deadline and before somebody wants to stop.
bool readable(int fd, std::optional<Clock::Instant> deadline, const StopSignal& stop) {
  std::array<pollfd, 2> entries{pollfd{fd, POLLIN, 0}, pollfd{stop.fd(), POLLIN, 0}};
  int ready = -1;
  do {
    int wait = -1;
    if (deadline) {
      const auto left = *deadline - std::chrono::steady_clock::now();
      wait = static_cast<int>(
          std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(left).count()));
    }
    ready = ::poll(entries.data(), entries.size(), wait);
  } while (ready < 0 && errno == EINTR);
  return ready > 0 && entries[1].revents == 0;
}

}  // namespace

CommandResult run_command(engine::Execs& engine, const std::string& container, const engine::ExecSpec& spec,
                          std::optional<Duration> timeout, std::stop_token stop) {
  std::optional<Clock::Instant> deadline;
  if (timeout) {
    deadline =
        std::chrono::steady_clock::now() + std::chrono::duration_cast<Clock::Instant::duration>(*timeout);
  }
  const StopSignal stopping(stop);
  const auto id = engine.create_exec(container, spec);
  const auto stream = engine.start_exec(id, spec.tty);
  Tail tail;
  std::array<char, 4096> buffer;
  for (;;) {
    if (!stream->has_buffered() && !readable(stream->fd(), deadline, stopping))
      return {std::nullopt, tail.take()};
    const auto count = stream->read(buffer.data(), buffer.size());
    if (count == 0) break;
    tail.add({buffer.data(), count});
  }
  return {exit_code_of(engine, id), tail.take()};
}

int exit_code_of(engine::Execs& engine, const std::string& exec) {
  const auto state = engine.inspect_exec(exec);
  if (state.running)
    throw engine::EngineError(engine::ErrorKind::no_answer, 0, "POST", "/exec/" + exec + "/start",
                              "the connection to the command broke off; it may still run");
  return state.exit_code;
}

}  // namespace crstack::exec
