// SPDX-License-Identifier: MIT
#include "exec/tar.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <catch2/catch_test_macros.hpp>
#include <memory>

using namespace crstack;

TEST_CASE("an injected file keeps its owner, however large the number", "[exec]") {
  plan::InjectedFile file;
  file.path = "/run/secrets/token";
  file.content = "text";
  file.mode = 0440;
  file.uid = 1000;
  file.gid = 2'000'000'000;  // more than seven octal digits
  const std::string tar = exec::tar_of({file}, engine::WallTime(std::chrono::seconds(1'700'000'000)));

  const std::unique_ptr<archive, decltype(&archive_read_free)> reader(archive_read_new(), archive_read_free);
  archive_read_support_format_tar(reader.get());
  REQUIRE(archive_read_open_memory(reader.get(), tar.data(), tar.size()) == ARCHIVE_OK);
  archive_entry* entry = nullptr;
  REQUIRE(archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK);
  CHECK(std::string(archive_entry_pathname(entry)) == "run/secrets/token");
  CHECK(archive_entry_perm(entry) == 0440);
  CHECK(archive_entry_uid(entry) == 1000);
  CHECK(archive_entry_gid(entry) == 2'000'000'000);
  CHECK(archive_entry_mtime(entry) == 1'700'000'000);
  CHECK(archive_entry_size(entry) == 4);
}
