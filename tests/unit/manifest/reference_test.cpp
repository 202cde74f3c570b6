// SPDX-License-Identifier: MIT
#include "crstack/manifest/reference.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

using namespace crstack::manifest;

namespace {

const std::string docs = std::string(CRSTACK_SOURCE_DIR) + "/docs/";

/// The committed file; with CRSTACK_UPDATE_DOCS=1 in the environment it is written first.
std::string committed(const std::string& name, const std::string& generated) {
  if (std::getenv("CRSTACK_UPDATE_DOCS")) std::ofstream(docs + name, std::ios::binary) << generated;
  std::ifstream file(docs + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("docs/keys.md is what the key tables say (CRSTACK_UPDATE_DOCS=1 writes it)", "[manifest][keys]") {
  const std::string generated = keys_document();
  CHECK(committed("keys.md", generated) == generated);
}

TEST_CASE("docs/compose.schema.json is what the key tables say (CRSTACK_UPDATE_DOCS=1 writes it)",
          "[manifest][keys]") {
  const std::string generated = keys_schema();
  CHECK(committed("compose.schema.json", generated) == generated);
}
