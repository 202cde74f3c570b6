// SPDX-License-Identifier: MIT
#include "crstack/base/file.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <filesystem>

#include "crstack/base/error.hpp"

using namespace crstack;
using Catch::Matchers::Message;

TEST_CASE("what is written into a file is read from it", "[base]") {
  const auto path = (std::filesystem::temp_directory_path() / "crstack-file-test").string();
  for (const auto& text : {std::string("a\0b\r\n", 5), std::string()}) {
    write_file(path, text);
    CHECK(read_file(path) == text);
    CHECK(read_if_there(path) == text);
  }
  std::filesystem::remove(path);
  CHECK(read_if_there(path).empty());
}

TEST_CASE("a file that can't be read or written is named, and why", "[base]") {
  CHECK_THROWS_MATCHES(read_file("/nothere/a"), Error,
                       Message("can't read /nothere/a: No such file or directory"));
  CHECK_THROWS_MATCHES(read_file("/proc"), Error, Message("can't read /proc: Is a directory"));
  CHECK(read_if_there("/proc").empty());
  CHECK_THROWS_MATCHES(write_file("/nothere/a", ""), Error,
                       Message("open /nothere/a: no such file or directory"));
  CHECK_THROWS_MATCHES(write_file("/dev/full", "text"), Error,
                       Message("write /dev/full: no space left on device"));
}
