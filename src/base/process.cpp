// SPDX-License-Identifier: MIT
#include "crstack/base/process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string_view>

extern char** environ;

namespace crstack {

namespace {

/// As the system wants it: pointers that live as long as the words, and null.
std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> entries_of(const Environment& environment) {
  std::vector<std::string> entries;
  for (const auto& [name, value] : environment) entries.push_back(name + "=" + value);
  return entries;
}

void block_nothing(posix_spawnattr_t& attributes) {
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
}

ssize_t read_some(int fd, std::array<char, 8192>& buffer) {
  ssize_t got = -1;
  while ((got = ::read(fd, buffer.data(), buffer.size())) < 0 && errno == EINTR) continue;
  return got;
}

}  // namespace

pid_t spawn(std::vector<std::string> command, const ProcessStreams& streams, StopSignals signals,
            const Environment* environment) {
  auto entries = environment == nullptr ? std::vector<std::string>() : entries_of(*environment);
  const auto arguments = pointers_to(command), variables = pointers_to(entries);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (streams.in >= 0) posix_spawn_file_actions_adddup2(&actions, streams.in, STDIN_FILENO);
  if (streams.out >= 0) posix_spawn_file_actions_adddup2(&actions, streams.out, STDOUT_FILENO);
  if (streams.err >= 0) posix_spawn_file_actions_adddup2(&actions, streams.err, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  if (signals == StopSignals::delivered) block_nothing(attributes);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, arguments.front(), &actions, &attributes, arguments.data(),
                                   environment == nullptr ? environ : variables.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  errno = error;
  return error == 0 ? pid : -1;
}

int reap(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  return status;
}

EndOnStop::EndOnStop(pid_t pid, const std::stop_token& stop) : pid_(pid) {
  callback_.emplace(stop, [pid] { ::kill(pid, SIGTERM); });
}

int EndOnStop::reap() {
  siginfo_t ended;
  while (::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOWAIT) < 0 && errno == EINTR) continue;
  callback_.reset();  // from now on the ID may be another's
  return crstack::reap(pid_);
}

void each_line(int fd, const std::function<void(const std::string&)>& use) {
  std::string pending;
  std::array<char, 8192> buffer{};
  for (ssize_t got = 0; (got = read_some(fd, buffer)) > 0;) {
    pending.append(buffer.data(), static_cast<std::size_t>(got));
    for (auto end = pending.find('\n'); end != std::string::npos; end = pending.find('\n')) {
      use(pending.substr(0, end));
      pending.erase(0, end + 1);
    }
  }
  if (!pending.empty()) use(pending);
}

ProcessResult run_process(const std::vector<std::string>& command, const std::string& input) {
  ProcessResult result;
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return result;
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  const pid_t pid = spawn(command, {ends[1], ends[1], nowhere}, StopSignals::as_here);
  ::close(ends[1]);
  ::close(nowhere);
  if (pid > 0) {
    (void)::send(ends[0], input.data(), input.size(), MSG_NOSIGNAL);
    ::shutdown(ends[0], SHUT_WR);
    std::array<char, 8192> buffer{};
    for (ssize_t got = 0; (got = read_some(ends[0], buffer)) > 0;)
      result.out.append(buffer.data(), static_cast<std::size_t>(got));
    const int status = reap(pid);
    result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
  }
  ::close(ends[0]);
  return result;
}

}  // namespace crstack
