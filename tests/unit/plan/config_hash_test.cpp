// SPDX-License-Identifier: MIT
#include "crstack/plan/config_hash.hpp"

#include <catch2/catch_test_macros.hpp>

#include "crstack/base/text.hpp"

using namespace crstack;

TEST_CASE("a config hash counts the containers that are shared with", "[plan]") {
  const auto hash = [](const std::string& text) { return plan::shared_config_hash(text, {{"web", "1234"}}); };
  CHECK(hash(R"({"ipc":"service:web","network_mode":"service:web","pid":"service:other"})") ==
        sha256_hex(R"({"ipc":"container:1234","network_mode":"container:1234","pid":"service:other"})"));
  CHECK(hash(R"({"volumes_from":["web:ro","container:x:ro","other"],"working_dir":"/"})") ==
        sha256_hex(R"({"volumes_from":["1234","x","other"],"working_dir":"/"})"));
  CHECK(hash(R"({"image":"x"})") == sha256_hex(R"({"image":"x"})"));
}
