// SPDX-License-Identifier: MIT
#include "crstack/cli/main.hpp"

int main(int argc, char** argv) {
  return crstack::cli::run(argc, argv);
}
