// SPDX-License-Identifier: MIT
#include "engine/session/key_agent.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "crstack/base/error.hpp"
#include "crstack/base/process.hpp"
#include "engine/docker_config.hpp"

namespace crstack::engine {

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
  std::array<int, 2> output{};
  if (::pipe2(output.data(), O_CLOEXEC) != 0) throw Error("cannot make a pipe");
  pid_ = spawn({"ssh-agent", "-D", "-a", socket()}, {-1, output[1], -1}, StopSignals::delivered);
  ::close(output[1]);
  char first = 0;
  ssize_t got = -1;
  if (pid_ > 0)  // it says where it listens once it does
    while ((got = ::read(output[0], &first, 1)) < 0 && errno == EINTR) continue;
  ::close(output[0]);
  if (got != 1) throw Error("an SSH key of the build needs ssh-agent", "Install openssh-client.");
}

// Over standard input, where ssh-add doesn't mind who else may read the file.
void KeyAgent::add(const std::string& key) {
  const auto text = read_file(key);
  if (text.empty())
    throw Error("the SSH key " + key + " of build.ssh can't be read: no such file or directory");
  if (run_process({"env", "SSH_AUTH_SOCK=" + socket(), "ssh-add", "-q", "-"}, text).exit_code != 0)
    throw Error("failed to parse " + key + " of build.ssh: no SSH key found",
                "Name a private key that has no passphrase, or an agent's socket.");
}

void KeyAgent::end() {
  if (pid_ > 0) {
    ::kill(pid_, SIGTERM);
    reap(pid_);
    pid_ = -1;
  }
  ::unlink(socket().c_str());
  ::rmdir(directory_.c_str());
}

}  // namespace crstack::engine
