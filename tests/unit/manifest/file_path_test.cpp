// SPDX-License-Identifier: MIT
#include "manifest/file_path.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace crstack::manifest;

TEST_CASE("paths as texts", "[manifest]") {
  CHECK(clean_path("/a/./b//../c/") == "/a/c");
  CHECK(clean_path("/../a") == "/a");
  CHECK(clean_path("../x/../..") == "../..");
  CHECK(clean_path("").compare(".") == 0);
  CHECK(join_path("/a", "b") == "/a/b");
  CHECK(join_path("/a", "/b") == "/b");
  CHECK(join_path(".", "./x") == "x");
  CHECK(join_path("/a/b", "../../..") == "/");
  CHECK(directory_of("/a/b") == "/a");
  CHECK(directory_of("/a") == "/");
  CHECK(directory_of("a") == ".");
  CHECK(base_name("/a/b/") == "b");
  CHECK(relative_to("/a/b", "/a/c/d") == "../c/d");
  CHECK(relative_to("/a", "/a") == ".");
  CHECK(relative_to("/a", "/a/b") == "b");
}
