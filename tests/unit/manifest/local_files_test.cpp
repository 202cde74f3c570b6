// SPDX-License-Identifier: MIT
#include "crstack/manifest/local_files.hpp"

#include <catch2/catch_test_macros.hpp>

#include "crstack/manifest/diagnostic.hpp"

using namespace crstack::manifest;
using Use = LocalFile::Use;

namespace {

constexpr const char* text = R"(include:
  - other.yaml
  - path: [more.yaml, "oci://registry/app"]
services:
  web:
    env_file:
      - web.env
      - {path: './odd.env', required: false}
    extends: {file: base.yaml, service: web.env}
  db:
    env_file: web.env
)";

}  // namespace

TEST_CASE("local files: what a manifest's text names, and where", "[manifest]") {
  const auto files = local_files("compose.yaml", text);
  REQUIRE(files.size() == 6);
  CHECK((files[0].use == Use::include && files[0].path == "other.yaml" && files[0].line == 2));
  CHECK(files[1].path == "more.yaml");
  CHECK((files[2].use == Use::env_file && files[2].service == "web" && files[2].path == "web.env"));
  CHECK((files[3].path == "./odd.env" && files[3].line == 8));
  CHECK((files[4].use == Use::extends && files[4].path == "base.yaml"));
  CHECK((files[5].service == "db" && files[5].path == "web.env"));
  CHECK_THROWS_AS(local_files("compose.yaml", "services: ["), ManifestError);
}

TEST_CASE("local files: renamed where they stand, and nowhere else", "[manifest]") {
  const auto renamed =
      rename_local_files(text, local_files("compose.yaml", text),
                         {{"web.env", "1.env"}, {"./odd.env", "2.env"}, {"base.yaml", "3.yaml"}});
  CHECK(renamed == R"(include:
  - other.yaml
  - path: [more.yaml, "oci://registry/app"]
services:
  web:
    env_file:
      - 1.env
      - {path: '2.env', required: false}
    extends: {file: 3.yaml, service: web.env}
  db:
    env_file: 1.env
)");
}

TEST_CASE("local files: which manifests lie elsewhere", "[manifest]") {
  for (const auto* remote : {"oci://registry/app:1", "https://host/app.git#main:dir", "git@host:app.git"})
    CHECK(is_remote_manifest(remote));
  for (const auto* local : {"compose.yaml", "/srv/compose.yaml", "-", "../oci/compose.yaml"})
    CHECK_FALSE(is_remote_manifest(local));
}
