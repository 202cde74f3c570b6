// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace crstack::cli {

/// What the kernel (inotify) tells about files and directories: paths that were made, written to, given other
/// permissions, renamed or removed. Nothing is polled. One thread uses it.
///
/// A root may be a file, a directory, a link to one of them, or not be there yet. Links below a root are not
/// followed. New directories join in with all that is in them. Should the kernel's queue overflow, the trees
/// are compared with what was known of them, so that nothing is missed.
class FileChanges {
 public:
  /// Whether a directory below a root matters: others are not watched.
  using Enters = std::function<bool(const std::string& directory)>;

  /// `roots` are absolute. Throws Error where the kernel's limits don't allow it.
  FileChanges(std::vector<std::string> roots, Enters enters);
  ~FileChanges();
  FileChanges(const FileChanges&) = delete;
  FileChanges& operator=(const FileChanges&) = delete;

  using Paths = std::set<std::string>;
  /// Waits for a change, then for a moment of quiet, and gives all paths that have changed meanwhile; they
  /// may not exist any more. Empty: stopped.
  Paths next(std::stop_token stop);

  /// All files, links and directories below the roots, as known now.
  [[nodiscard]] Paths known() const;

 private:
  /// What tells one state of a file from another.
  struct Stamp {
    std::int64_t size = 0, modified = 0, changed = 0;
    std::uint64_t inode = 0;
    std::uint32_t mode = 0;
    bool operator==(const Stamp&) const = default;
  };
  static bool stamp_of(const std::string& path, bool follow, Stamp& stamp);

  bool read_events();
  void watch(const std::string& directory, bool deep);
  void forget_watches(const std::string& path);
  void attach(const std::string& root);
  [[nodiscard]] bool is_another(const std::string& path, const Stamp& old, const Stamp& now) const;
  [[nodiscard]] bool is_root(const std::string& path) const;
  [[nodiscard]] bool below_root(const std::string& path) const;
  void look_at(const std::string& path);
  void note(const std::string& path, const Stamp& stamp);
  void scan(const std::string& directory);
  void drop(const std::string& path);
  void rescan();

  std::vector<std::string> roots_;
  Enters enters_;
  int fd_ = -1;
  std::map<int, std::string> directories_;  ///< by watch descriptor
  std::map<std::string, int> watches_;      ///< the other way round
  std::map<std::string, Stamp> known_;      ///< everything below the roots, the roots too
  Paths touched_, changed_;
  bool overflown_ = false;
};

}  // namespace crstack::cli
