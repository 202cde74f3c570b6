// SPDX-License-Identifier: MIT
#include "crstack/base/text.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "crstack/base/base64.hpp"

using namespace crstack;

TEST_CASE("split, join, trim and to_lower", "[base]") {
  CHECK(split("a:b::", ':') == std::vector<std::string>{"a", "b", "", ""});
  CHECK(split("", ',') == std::vector<std::string>{""});
  CHECK(join({"a", "b"}, ", ") == "a, b");
  CHECK(join({}, ", ").empty());
  CHECK(trim(" \t a b\r\n") == "a b");
  CHECK(trim("  ").empty());
  CHECK(to_lower("A\xC3\x84z") == "a\xC3\x84z");
}

TEST_CASE("a misspelt word finds the one that was meant", "[base]") {
  const std::vector<std::string> keys = {"image",       "volumes",  "volumes_from",
                                         "environment", "env_file", "dns"};
  CHECK(closest_match("imgae", keys) == "image");
  CHECK(closest_match("Image", keys) == "image");
  CHECK(closest_match("volume", keys) == "volumes");
  CHECK(closest_match("enviroment", keys) == "environment");
  CHECK(closest_match("quite-another", keys).empty());
  CHECK(closest_match("", keys).empty());
  CHECK(closest_match("a", {"b", "ab"}) == "ab");
  CHECK(closest_match("a", {"b"}).empty());
}

TEST_CASE("sha256_hex gives the digests of the standard", "[base]") {
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("random_bytes gives as many as asked, and others each time", "[base]") {
  CHECK(random_bytes(0).empty());
  const std::string first = random_bytes(32);
  CHECK(first.size() == 32);
  CHECK(first != random_bytes(32));
}

TEST_CASE("base64 in both alphabets, over white space", "[base]") {
  CHECK(base64("\xfb\xff") == "+/8=");
  CHECK(base64_url("\xfb\xff") == "-_8=");
  CHECK(base64("").empty());
  CHECK(base64_decode("aGVs\n  bG8=") == "hello");
  CHECK(base64_decode("-_8") == "\xfb\xff");
  CHECK(base64_decode("aGk=?ignored") == "hi");
}

TEST_CASE("booleans of flags and variables", "[base]") {
  for (const char* yes : {"1", "t", "T", "true", "True", "TRUE"}) CHECK(parse_boolean(yes) == true);
  for (const char* no : {"0", "f", "F", "false", "False", "FALSE"}) CHECK(parse_boolean(no) == false);
  for (const char* neither : {"", "yes", "on", "tRUE", " 1", "01"}) CHECK_FALSE(parse_boolean(neither));
}
