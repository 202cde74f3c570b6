// SPDX-License-Identifier: MIT
#include "cli/remote/secret_finder.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace crstack::cli;

namespace {

std::string kinds_in(const std::string& text) {
  std::string kinds;
  for (const auto& found : find_secrets(text)) kinds += (kinds.empty() ? "" : ", ") + found.kind;
  return kinds;
}

const std::string twenty = "0123456789abcdefghij", token = "ghp_" + twenty + "ABCDEFGHIJ012345";

}  // namespace

TEST_CASE("secrets are found by their form", "[cli]") {
  CHECK(kinds_in("AKIAIOSFODNN7EXAMPLE") == "AWS Client ID");
  CHECK(kinds_in("aws_secret = '12345+67890/abcdefghijklm+NOPQRSTUVWXYZ+'") == "AWS Secret Key");
  CHECK(kinds_in(token) == "Github authentication");
  CHECK(kinds_in("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.") == "JSON Web Token");
  CHECK(kinds_in("-----BEGIN EC PRIVATE KEY-----\nMIIE\n-----END EC PRIVATE KEY-----") == "Private Key");
  CHECK(kinds_in("postgres://u:p@db:5432/x") == "URL with password");
  CHECK(kinds_in("Authorization: Basic dXNlcjpwYXNz") == "HTTP Basic Authentication");
  CHECK(kinds_in("sk_live_" + twenty + "klmn") == "Stripe API key");
}

TEST_CASE("what only resembles a secret is none", "[cli]") {
  for (const std::string& harmless :
       {std::string("AKIAIOSFODNN7EXAMPL"), "x" + token, token + "6", std::string("Basic authentication"),
        std::string("-----BEGIN PUBLIC KEY-----\nMIIE\n-----END PUBLIC KEY-----"),
        std::string("postgres://u:@db"), std::string("http://example.org/a:b@c"),
        std::string("http://host:80/"), std::string("postgres://u:${PASSWORD}@db"),
        std::string("'12345+67890/abcdefghijklm+NOPQRSTUVWXYZ+'"), std::string("eyJub3Rva2Vu"),
        std::string("password: hunter2"), std::string()})
    CHECK(kinds_in(harmless).empty());
}

TEST_CASE("secrets in a longer text come one by one", "[cli]") {
  const auto found =
      find_secrets("one " + token + "\nand https://a:b@c/ too\n-----BEGIN PRIVATE KEY-----\nx\n");
  REQUIRE(found.size() == 3);
  CHECK(found[0].text == token);
  CHECK(found[1].text == "https://a:b@c/");
  CHECK(found[2].text == "-----BEGIN PRIVATE KEY-----\nx\n");
}
