// SPDX-License-Identifier: MIT
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <utility>

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
    end();
    ::close(errors_);
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
  void end() {
    socket_.reset();  // ssh ends at the end of its input
    if (const auto pid = std::exchange(pid_, -1); pid > 0) reap(pid);
  }
  /// The last line that ssh wrote to its standard error.
  [[nodiscard]] std::string last_words() {
    end();
    std::array<char, 4096> buffer{};
    const auto size = ::lseek(errors_, 0, SEEK_END);
    const auto got = ::pread(errors_, buffer.data(), buffer.size(), std::max<off_t>(0, size - off_t{4096}));
    std::string text(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(0, got)));
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    const auto line = text.rfind('\n');
    return text.empty() ? "it ended without a word" : text.substr(line == std::string::npos ? 0 : line + 1);
  }

  std::unique_ptr<Transport> socket_;
  int errors_;  ///< a file without a name: what ssh writes there never waits for a reader
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
  const int errors = ::memfd_create("ssh", MFD_CLOEXEC);
  std::array<int, 2> ends{-1, -1};
  pid_t pid = -1;
  std::string problem = "no more file descriptors";
  if (errors >= 0 && ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0) {
    pid = spawn(command, {ends[1], ends[1], errors}, StopSignals::as_here);
    if (pid < 0) problem = "there is no program ssh";
    ::close(ends[1]);
  }
  if (pid < 0) {
    for (const int fd : {errors, ends[0]})
      if (fd >= 0) ::close(fd);
    throw absent_error(address, problem);
  }
  return std::make_unique<SshTransport>(ends[0], errors, pid, address);
}

}  // namespace crstack::engine
