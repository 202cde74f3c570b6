// SPDX-License-Identifier: MIT
#include "engine/session/key_agent.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "crstack/base/error.hpp"
#include "crstack/base/file.hpp"
#include "crstack/base/process.hpp"

namespace crstack::engine {

namespace {

/// What the agent runs for, with its directory as $0: says that it listens, and ends it at the end of input,
/// be that because this program was killed.
constexpr const char* guard =
    "trap '' HUP INT TERM; echo; cat >/dev/null; rm -rf \"$0\"; kill \"$SSH_AGENT_PID\"";

}  // namespace

KeyAgent::KeyAgent(const std::vector<std::string>& keys) {
  try {
    start();
    for (const auto& key : keys) add(key);
  } catch (...) {
    end();
    throw;
  }
}

KeyAgent::~KeyAgent() {
  end();
}

void KeyAgent::start() {
  const char* temporary = std::getenv("TMPDIR");
  std::string name = std::string(temporary != nullptr && *temporary != '\0' ? temporary : "/tmp");
  name += "/crstack-ssh-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw Error("cannot make a directory for an SSH agent: " + name);
  directory_ = name;
  std::array<int, 2> input{}, output{};
  if (::pipe2(input.data(), O_CLOEXEC) != 0) throw Error("cannot make a pipe");
  life_ = input[1];
  if (::pipe2(output.data(), O_CLOEXEC) != 0) {
    ::close(input[0]);
    throw Error("cannot make a pipe");
  }
  pid_ = spawn({"ssh-agent", "-a", socket(), "sh", "-c", guard, directory_}, {input[0], output[1], -1},
               StopSignals::delivered);
  ::close(input[0]);
  ::close(output[1]);
  char first = 0;
  ssize_t got = -1;
  if (pid_ > 0)
    while ((got = ::read(output[0], &first, 1)) < 0 && errno == EINTR) continue;
  ::close(output[0]);
  if (got != 1) throw Error("an SSH key of the build needs ssh-agent", "Install openssh-client.");
}

// Over standard input, where ssh-add doesn't mind who else may read the file.
void KeyAgent::add(const std::string& key) {
  const auto text = read_if_there(key);
  if (text.empty())
    throw Error("the SSH key " + key + " of build.ssh can't be read: no such file or directory");
  if (run_process({"env", "SSH_AUTH_SOCK=" + socket(), "ssh-add", "-q", "-"}, text).exit_code != 0)
    throw Error("failed to parse " + key + " of build.ssh: no SSH key found",
                "Name a private key that has no passphrase, or an agent's socket.");
}

void KeyAgent::end() {
  if (life_ >= 0) ::close(std::exchange(life_, -1));
  if (pid_ > 0) reap(std::exchange(pid_, -1));
  ::unlink(socket().c_str());
  ::rmdir(directory_.c_str());
}

}  // namespace crstack::engine
