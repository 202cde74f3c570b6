// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>

#include "crstack/base/process.hpp"
#include "engine/connect_error.hpp"
#include "engine/transport.hpp"

namespace crstack::engine {

namespace {

class SshTransport final : public Transport {
 public:
  SshTransport(int fd, int errors, pid_t pid, HostAddress address)
      : socket_(wrap_socket(fd)), errors_(errors), pid_(pid), address_(std::move(address)) {}
  ~SshTransport() override {
    socket_.reset();  // ssh ends at the end of its input
    ::close(errors_);
    ::waitpid(pid_, nullptr, 0);
  }
  SshTransport(const SshTransport&) = delete;
  SshTransport& operator=(const SshTransport&) = delete;

  std::size_t read(char* buffer, std::size_t size) override {
    const auto got = socket_->read(buffer, size);
    if (got == 0 && !answered_ && !stopped_) throw absent_error(address_, "ssh: " + last_words());
    answered_ = true;
    return got;
  }
  bool write(std::string_view bytes) override { return socket_->write(bytes); }
  void close_write() override { socket_->close_write(); }
  void shut_down() override {
    stopped_ = true;
    socket_->shut_down();
  }
  [[nodiscard]] int fd() const override { return socket_->fd(); }

 private:
  /// The last line that ssh wrote to its standard error.
  [[nodiscard]] std::string last_words() const {
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = ::read(errors_, buffer.data(), buffer.size())) > 0;)
      text.append(buffer.data(), static_cast<std::size_t>(got));
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    const auto line = text.rfind('\n');
    return text.empty() ? "it ended without a word" : text.substr(line == std::string::npos ? 0 : line + 1);
  }

  std::unique_ptr<Transport> socket_;
  int errors_;
  pid_t pid_;
  HostAddress address_;
  bool answered_ = false;
  std::atomic<bool> stopped_ = false;
};

}  // namespace

std::unique_ptr<Transport> open_ssh(const HostAddress& address) {
  const auto parts = split_host(address.url);
  std::vector<std::string> command = {"ssh", "-o", "ConnectTimeout=30", "-T"};
  if (!parts.user.empty()) command.insert(command.end(), {"-l", parts.user});
  if (!parts.port.empty()) command.insert(command.end(), {"-p", parts.port});
  command.insert(command.end(), {"--", parts.host, "docker"});
  if (parts.path.size() > 1) command.insert(command.end(), {"--host", "unix://" + parts.path});
  command.insert(command.end(), {"system", "dial-stdio"});
  std::array<int, 2> ends{}, errors{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0 ||
      ::pipe2(errors.data(), O_CLOEXEC) != 0)
    throw absent_error(address, "no more file descriptors");
  const pid_t pid = spawn(command, {ends[1], ends[1], errors[1]}, StopSignals::as_here);
  ::close(ends[1]);
  ::close(errors[1]);
  if (pid < 0) {
    ::close(ends[0]);
    ::close(errors[0]);
    throw absent_error(address, "there is no program ssh");
  }
  return std::make_unique<SshTransport>(ends[0], errors[0], pid, address);
}

}  // namespace crstack::engine
