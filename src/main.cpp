// SPDX-License-Identifier: MIT
#include "crstack/cli/main.hpp"

#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <exception>

/// What libstdc++ ends a program with that nobody caught an exception of. Its own one brings a demangler
/// along, a hundredth of the binary.
namespace __gnu_cxx {
void __verbose_terminate_handler() {  // NOLINT(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
  const auto say = [](const char* text) { (void)!::write(STDERR_FILENO, text, std::strlen(text)); };
  say("crstack: internal error");
  try {
    if (const auto error = std::current_exception()) std::rethrow_exception(error);
  } catch (const std::exception& error) {
    say(": ");
    say(error.what());
  } catch (...) {
  }
  say("\n");
  std::abort();
}
}  // namespace __gnu_cxx

int main(int argc, char** argv) {
  return crstack::cli::run(argc, argv);
}
