// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

/// Tars that are made while they are read (libarchive).
namespace crstack::cli {

enum class Owner { current_user, as_archived, root };

struct TarEntry {
  std::filesystem::path path;       ///< of this machine: a file, link, device or a directory by itself
  std::string name;                 ///< in the archive
  std::optional<std::string> text;  ///< a file that is not on this machine: what is in it
};
/// The entries one after the other; nothing at their end.
using TarEntries = std::function<std::optional<TarEntry>()>;

/// A tar, piece by piece: neither memory nor a file grows with what is packed. Sockets are left out, of
/// extended attributes all but the capabilities of programs.
class TarSource {
 public:
  TarSource(TarEntries entries, Owner owner);
  ~TarSource();
  TarSource(const TarSource&) = delete;
  TarSource& operator=(const TarSource&) = delete;

  /// The next bytes; empty at the end. Throws Error for what can't be read.
  std::string read();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// A file, or a directory with all that is in it, whose names begin with `top` (`.`: the contents without a
/// directory around them).
TarEntries tree_entries(const std::filesystem::path& path, const std::string& top);

}  // namespace crstack::cli
