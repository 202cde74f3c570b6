// SPDX-License-Identifier: MIT
#include "crstack/exec/project_lock.hpp"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <latch>
#include <thread>

using crstack::Environment;
using crstack::exec::ProjectLock;

namespace {

struct Directory {
  std::filesystem::path path = std::filesystem::temp_directory_path() / "crstack-lock-XXXXXX";
  Directory() {
    auto name = path.string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Directory() { std::filesystem::remove_all(path); }
  [[nodiscard]] Environment environment() const { return {{"XDG_RUNTIME_DIR", path.string()}}; }
  [[nodiscard]] bool has_lock() const { return !std::filesystem::is_empty(path / "crstack"); }
};

}  // namespace

TEST_CASE("who waits for a lock whose file is removed holds the next one", "[exec]") {
  const Directory directory;
  const auto nobody = [] {};
  ProjectLock first("app", "unix:///one.sock", directory.environment(), nobody);
  std::latch waits(1);
  std::jthread second([&] {
    ProjectLock lock("app", "unix:///one.sock", directory.environment(), [&] { waits.count_down(); });
    CHECK(directory.has_lock());
    lock.remove();
  });
  waits.wait();
  first.remove();
  second.join();
  CHECK_FALSE(directory.has_lock());
}

TEST_CASE("locks that come and go with their file are held by one at a time", "[exec]") {
  const Directory directory;
  std::atomic<int> holders = 0, most = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 200; ++round) {
          ProjectLock lock("app", "unix:///one.sock", directory.environment(), [] {});
          const int now = ++holders;
          if (now > most) most = now;
          --holders;
          lock.remove();
        }
      });
    }
  }
  CHECK(most == 1);
  CHECK_FALSE(directory.has_lock());
}

TEST_CASE("projects of one name on two engines don't wait for each other", "[exec]") {
  const Directory directory;
  bool waited = false;
  const ProjectLock one("app", "unix:///one.sock", directory.environment(), [] {});
  const ProjectLock other("app", "ssh://other", directory.environment(), [&] { waited = true; });
  CHECK_FALSE(waited);
}
