// SPDX-License-Identifier: MIT
#include "engine/session/key_agent.hpp"

#include <catch2/catch_test_macros.hpp>
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
