// SPDX-License-Identifier: MIT
#include "crstack/base/log.hpp"

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdio>
#include <string>

using namespace crstack;

namespace {

/// What `action` writes on standard error.
template <typename Action>
std::string standard_error_of(const Action& action) {
  std::FILE* file = std::tmpfile();
  std::fflush(stderr);
  const int before = ::dup(STDERR_FILENO);
  ::dup2(::fileno(file), STDERR_FILENO);
  action();
  std::fflush(stderr);
  ::dup2(before, STDERR_FILENO);
  ::close(before);
  std::rewind(file);
  std::string text;
  for (int c = 0; (c = std::fgetc(file)) != EOF;) text += static_cast<char>(c);
  std::fclose(file);
  return text;
}

}  // namespace

TEST_CASE("diagnostics are silent until they are asked for", "[base]") {
  CHECK(standard_error_of([] { debug_log("GET /_ping: 200"); }).empty());
  enable_debug_log();
  const auto text = standard_error_of([] { debug_log("GET /_ping: 200"); });
  CHECK(text.find(" debug: GET /_ping: 200\n") != std::string::npos);
}
