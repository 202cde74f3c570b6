// SPDX-License-Identifier: MIT
#include "engine/session/key_agent.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "crstack/base/error.hpp"
#include "crstack/base/process.hpp"

using namespace crstack;
using engine::KeyAgent;
namespace fs = std::filesystem;

namespace {

struct Directory {
  std::string path = (fs::temp_directory_path() / "crstack-key-XXXXXX").string();
  Directory() { REQUIRE(mkdtemp(path.data()) != nullptr); }
  ~Directory() { fs::remove_all(path); }
};

std::string keys_of(const KeyAgent& agent) {
  return run_process({"env", "SSH_AUTH_SOCK=" + agent.socket(), "ssh-add", "-L"}, "").out;
}

}  // namespace

TEST_CASE("an agent holds the keys of files that others may read, and leaves nothing behind", "[engine]") {
  const Directory directory;
  const auto key = directory.path + "/key";
  REQUIRE(run_process({"ssh-keygen", "-q", "-N", "", "-C", "mine", "-f", key}, "").exit_code == 0);
  fs::permissions(key, fs::perms::others_read, fs::perm_options::add);
  std::string socket;
  {
    const KeyAgent agent({key});
    socket = agent.socket();
    std::ifstream file(key + ".pub");
    CHECK(keys_of(agent) == std::string(std::istreambuf_iterator<char>(file), {}));
  }
  CHECK_FALSE(fs::exists(fs::path(socket).parent_path()));
}

TEST_CASE("an agent ends with its program, also where that is killed", "[engine]") {
  std::array<int, 2> told{};
  REQUIRE(pipe(told.data()) == 0);
  const pid_t killed = fork();
  if (killed == 0) {
    const KeyAgent agent({});
    const auto path = agent.socket();
    if (write(told[1], path.data(), path.size()) > 0) raise(SIGKILL);
    _exit(1);
  }
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  REQUIRE(read(told[0], name.sun_path, sizeof name.sun_path - 1) > 0);
  const int agent = socket(AF_UNIX, SOCK_STREAM, 0);
  const bool answers = connect(agent, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0;
  reap(killed);
  char end = 0;
  if (answers) CHECK(read(agent, &end, 1) <= 0);  // comes when the agent is gone
  CHECK_FALSE(fs::exists(fs::path(name.sun_path).parent_path()));
  for (const int fd : {told[0], told[1], agent}) close(fd);
}

TEST_CASE("what is no private key is refused by its path", "[engine]") {
  const Directory directory;
  const auto text = directory.path + "/text";
  std::ofstream(text) << "no key\n";
  for (const auto& path : {text, directory.path + "/nosuch"}) {
    try {
      const KeyAgent agent({path});
      FAIL("taken: " + path);
    } catch (const Error& error) {
      CHECK(std::string(error.what()).find(path) != std::string::npos);
    }
  }
}
