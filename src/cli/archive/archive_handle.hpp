// SPDX-License-Identifier: MIT
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <memory>
#include <string>

#include "crstack/base/error.hpp"

/// What tar_source.cpp and tar_stream.cpp share of libarchive.
namespace crstack::cli {

struct FreeArchive {
  void operator()(archive* handle) const { archive_free(handle); }
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};
using ArchiveHandle = std::unique_ptr<archive, FreeArchive>;
using ArchiveEntry = std::unique_ptr<archive_entry, FreeArchive>;

/// Throws Error: `what`, and why the library could not.
[[noreturn]] inline void fail(const std::string& what, archive* handle) {
  const char* why = archive_error_string(handle);
  throw Error(what + ": " + (why != nullptr ? why : "unknown error"));
}

}  // namespace crstack::cli
