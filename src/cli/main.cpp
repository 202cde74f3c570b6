// SPDX-License-Identifier: MIT
#include "crstack/cli/main.hpp"

#include <cstdio>
#include <cstring>

namespace crstack::cli {

int run(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "version") == 0) {
    std::puts("crstack version v" CRSTACK_VERSION);
    return 0;
  }
  std::fputs("crstack: no such command\n", stderr);
  return 2;
}

}  // namespace crstack::cli
