// SPDX-License-Identifier: MIT
#include "crstack/base/process.hpp"

#include <sys/wait.h>

#include <catch2/catch_test_macros.hpp>
#include <csignal>

using namespace crstack;

TEST_CASE("a program is asked to end once the token is stopped", "[base]") {
  std::stop_source source;
  EndOnStop child(spawn({"sleep", "100"}, {}, StopSignals::delivered), source.get_token());
  source.request_stop();
  const int status = child.reap();
  REQUIRE(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGTERM);
}

TEST_CASE("a program that ends by itself tells its exit code", "[base]") {
  std::stop_source source;
  EndOnStop child(spawn({"sh", "-c", "exit 3"}, {}, StopSignals::delivered), source.get_token());
  const int status = child.reap();
  source.request_stop();  // nobody is there any more
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 3);
}
