// SPDX-License-Identifier: MIT
#include <catch2/catch_test_macros.hpp>

#include "cli/streams/session.hpp"
#include "crstack/base/error.hpp"

using namespace crstack;
using cli::DetachKeys;

namespace {

struct Typed {
  std::string passed;
  bool left = false;
};

Typed type(const std::string& keys, const std::vector<std::string>& pieces) {
  DetachKeys detach(keys);
  Typed typed;
  for (const auto& piece : pieces)
    typed.left = typed.left || detach.feed(piece, [&](std::string_view part) { typed.passed += part; });
  return typed;
}

}  // namespace

TEST_CASE("detach keys are found in one piece or in several, and nothing of them is passed on", "[cli]") {
  CHECK(type("ctrl-p,ctrl-q", {"ab\x10\x11"}).left);
  const auto split = type("ctrl-p,ctrl-q", {"a\x10", "\x11"});
  CHECK(split.left);
  CHECK(split.passed == "a");
  CHECK(type("x", {"x"}).left);
}

TEST_CASE("what only looks like the beginning of the detach keys is passed on", "[cli]") {
  const auto other = type("ctrl-p,ctrl-q", {"\x10", "a\x10\x10", "\x62"});
  CHECK_FALSE(other.left);
  CHECK(other.passed ==
        "\x10"
        "a\x10\x10\x62");
  CHECK(type("ctrl-p,ctrl-q", {"\x10\x10\x11"}).left);
}

TEST_CASE("detach keys that are none are refused", "[cli]") {
  CHECK_THROWS_AS(DetachKeys("ctrl-ü"), UsageError);
  CHECK_THROWS_AS(DetachKeys("control-p"), UsageError);
}
