// SPDX-License-Identifier: MIT
#include "engine/process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "crstack/base/spawn_attributes.hpp"

extern char** environ;

namespace crstack::engine {

pid_t spawn(const std::vector<std::string>& command, const ProcessStreams& streams, StopSignals signals) {
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (streams.in >= 0) posix_spawn_file_actions_adddup2(&actions, streams.in, 0);
  if (streams.out >= 0) posix_spawn_file_actions_adddup2(&actions, streams.out, 1);
  if (streams.err >= 0) posix_spawn_file_actions_adddup2(&actions, streams.err, 2);
  pid_t pid = -1;
  const SpawnAttributes unblocked;
  const int result = ::posix_spawnp(&pid, arguments[0], &actions,
                                    signals == StopSignals::delivered ? unblocked.get() : nullptr,
                                    arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return result == 0 ? pid : -1;
}

ProcessResult run_process(const std::vector<std::string>& command, const std::string& input) {
  ProcessResult result;
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return result;
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  const pid_t pid = spawn(command, {ends[1], ends[1], nowhere});
  ::close(ends[1]);
  ::close(nowhere);
  if (pid > 0) {
    (void)::send(ends[0], input.data(), input.size(), MSG_NOSIGNAL);
    ::shutdown(ends[0], SHUT_WR);
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = ::read(ends[0], buffer.data(), buffer.size())) != 0;) {
      if (got > 0)
        result.out.append(buffer.data(), static_cast<std::size_t>(got));
      else if (errno != EINTR)
        break;
    }
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
  }
  ::close(ends[0]);
  return result;
}

}  // namespace crstack::engine
