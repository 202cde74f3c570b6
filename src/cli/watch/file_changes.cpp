// SPDX-License-Identifier: MIT
#include "cli/watch/file_changes.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

#include "crstack/base/error.hpp"
#include "crstack/base/stop_signal.hpp"

namespace crstack::cli {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr milliseconds quiet(100);     // so long nothing happens before a batch is over
constexpr milliseconds longest(2000);  // a batch is over then in any case
constexpr std::uint32_t changes = IN_CLOSE_WRITE | IN_MODIFY | IN_ATTRIB | IN_CREATE | IN_DELETE |
                                  IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF;

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

bool is_below(const std::string& path, const std::string& directory) {
  return path.size() > directory.size() && path.starts_with(directory) &&
         (directory == "/" || path[directory.size()] == '/');
}

std::string join_path(const std::string& directory, const std::string& name) {
  return directory == "/" ? "/" + name : directory + "/" + name;
}

// The entries of a path's subtree in a map by path: itself apart, they need not be its neighbours.
template <typename Map>
auto below(Map& map, const std::string& path) {
  const auto prefix = path == "/" ? path : path + "/";
  auto first = map.lower_bound(prefix);
  auto last = first;
  while (last != map.end() && last->first.starts_with(prefix)) ++last;
  return std::pair(first, last);
}

}  // namespace

FileChanges::FileChanges(std::vector<std::string> roots, Enters enters)
    : roots_(std::move(roots)), enters_(std::move(enters)), fd_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  if (fd_ < 0)
    throw Error(std::string("cannot watch files: ") + std::strerror(errno),
                "The limit is fs.inotify.max_user_instances.");
  std::sort(roots_.begin(), roots_.end());
  roots_.erase(std::unique(roots_.begin(), roots_.end()), roots_.end());
  for (const auto& root : roots_) attach(root);
  changed_.clear();
}

FileChanges::~FileChanges() {
  ::close(fd_);
}

bool FileChanges::stamp_of(const std::string& path, bool follow, Stamp& stamp) {
  struct stat status {};
  if ((follow ? ::stat(path.c_str(), &status) : ::lstat(path.c_str(), &status)) != 0) return false;
  stamp = {status.st_size, nanoseconds(status.st_mtim), nanoseconds(status.st_ctim), status.st_ino,
           status.st_mode};
  return true;
}

FileChanges::Paths FileChanges::next(std::stop_token stop) {
  using Time = std::chrono::steady_clock;
  const StopSignal stopping(stop);
  std::optional<Time::time_point> end;
  for (;;) {
    std::array<pollfd, 2> entries{pollfd{fd_, POLLIN, 0}, pollfd{stopping.fd(), POLLIN, 0}};
    int wait = -1;
    if (end) {
      const auto left = std::chrono::ceil<milliseconds>(*end - Time::now());
      wait = static_cast<int>(std::clamp(left, milliseconds(0), quiet).count());
    }
    const int ready = ::poll(entries.data(), entries.size(), wait);
    if (stop.stop_requested()) return {};
    if (ready > 0) read_events();
    if (!changed_.empty() && !end) end = Time::now() + longest;
    if (end && (ready == 0 || Time::now() >= *end)) return std::exchange(changed_, {});
  }
}

FileChanges::Paths FileChanges::known() const {
  Paths paths;
  for (const auto& [path, stamp] : known_) paths.insert(path);
  return paths;
}

// Takes what the kernel has, and works out what has changed.
bool FileChanges::read_events() {
  alignas(inotify_event) std::array<char, 65536> buffer;
  for (ssize_t size = 0; (size = ::read(fd_, buffer.data(), buffer.size())) > 0;) {
    for (ssize_t at = 0; at < size;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      if ((event->mask & IN_Q_OVERFLOW) != 0) overflown_ = true;
      const auto found = directories_.find(event->wd);
      if (found == directories_.end()) continue;
      touched_.insert(event->len > 0 ? join_path(found->second, event->name) : found->second);
      if ((event->mask & IN_IGNORED) == 0) continue;
      if (const auto watched = watches_.find(found->second);
          watched != watches_.end() && watched->second == event->wd)
        watches_.erase(watched);
      directories_.erase(found);
    }
  }
  for (const auto& path : std::exchange(touched_, {})) look_at(path);
  if (std::exchange(overflown_, false)) rescan();
  return !changed_.empty();
}

void FileChanges::watch(const std::string& directory, bool deep) {
  // A directory may be both above a root and below another: the two masks add up.
  const auto mask = (deep ? changes : IN_CREATE | IN_MOVED_TO | IN_ONLYDIR) | IN_MASK_ADD;
  const int descriptor = ::inotify_add_watch(fd_, directory.c_str(), mask);
  if (descriptor < 0) {
    if (errno != ENOSPC) return;  // gone again, or not ours to read
    throw Error("cannot watch " + directory + ": too many directories",
                "Ignore directories that don't matter, or raise fs.inotify.max_user_watches.");
  }
  if (const auto old = directories_.find(descriptor); old != directories_.end()) watches_.erase(old->second);
  directories_[descriptor] = directory;
  watches_[directory] = descriptor;
}

void FileChanges::forget_watches(const std::string& path) {
  const auto forget = [this](auto first, auto last) {
    for (auto at = first; at != last; ++at) {
      ::inotify_rm_watch(fd_, at->second);
      directories_.erase(at->second);
    }
    watches_.erase(first, last);
  };
  if (const auto self = watches_.find(path); self != watches_.end()) forget(self, std::next(self));
  const auto [first, last] = below(watches_, path);
  forget(first, last);
}

// Watches a root; where it is not there, what it will appear in. Its own place is watched as well, since
// editors and version control put new files in the place of old ones.
void FileChanges::attach(const std::string& root) {
  auto place = fs::path(root).parent_path();
  while (place != place.parent_path() && !fs::is_directory(place)) place = place.parent_path();
  Stamp stamp;
  const bool there = stamp_of(root, true, stamp);
  const bool directory = there && S_ISDIR(stamp.mode);
  watch(place.string(), !directory);
  if (!there) return;
  note(root, stamp);
  if (directory) scan(root);
}

bool FileChanges::is_root(const std::string& path) const {
  return std::binary_search(roots_.begin(), roots_.end(), path);
}

bool FileChanges::below_root(const std::string& path) const {
  return std::any_of(roots_.begin(), roots_.end(), [&](const auto& root) { return is_below(path, root); });
}

// Whether something has taken a path's place. A new file or directory may well get the number of the inode
// that the old one had; a directory's watch ends with the directory, though.
bool FileChanges::is_another(const std::string& path, const Stamp& old, const Stamp& now) const {
  if (old.inode != now.inode || (old.mode & S_IFMT) != (now.mode & S_IFMT)) return true;
  const bool watched = is_root(path) || enters_(path);
  return S_ISDIR(now.mode) && watched && !watches_.contains(path);
}

void FileChanges::look_at(const std::string& path) {
  for (const auto& root : roots_)
    if (is_below(root, path)) attach(root);
  const bool root = is_root(path);
  if (!root && !below_root(path)) return;
  Stamp stamp;
  if (!stamp_of(path, root, stamp)) return drop(path);
  const auto found = known_.find(path);
  if (found == known_.end() || is_another(path, found->second, stamp)) {
    if (found != known_.end()) drop(path);
    if (root) return attach(path);
    note(path, stamp);
    if (S_ISDIR(stamp.mode)) scan(path);
    return;
  }
  // A directory's own times change with its entries, which are told by themselves.
  if (!S_ISDIR(stamp.mode) || stamp.mode != found->second.mode) changed_.insert(path);
  found->second = stamp;
}

void FileChanges::note(const std::string& path, const Stamp& stamp) {
  changed_.insert(path);
  known_[path] = stamp;
}

// Takes a directory's entries in; those that were not known, or have changed, are changes.
void FileChanges::scan(const std::string& directory) {
  if (!is_root(directory) && !enters_(directory)) return;
  watch(directory, true);
  std::error_code error;
  for (auto at = fs::directory_iterator(directory, error); !error && at != fs::directory_iterator();
       at.increment(error)) {
    const auto path = at->path().string();
    Stamp stamp;
    if (!stamp_of(path, false, stamp)) continue;
    const auto found = known_.find(path);
    const bool known = found != known_.end();
    if (!known || (found->second != stamp && !S_ISDIR(stamp.mode))) note(path, stamp);
    if (S_ISDIR(stamp.mode) && (!known || overflown_)) scan(path);
  }
}

// It is gone, with all that was in it.
void FileChanges::drop(const std::string& path) {
  forget_watches(path);
  const auto [first, last] = below(known_, path);
  for (auto at = first; at != last; ++at) changed_.insert(at->first);
  known_.erase(first, last);
  if (known_.erase(path) > 0) changed_.insert(path);
  if (is_root(path)) attach(path);
}

// Events were lost: compares all that is there with what was known.
void FileChanges::rescan() {
  const auto known = this->known();
  for (const auto& path : known) {
    Stamp stamp;
    if (!stamp_of(path, is_root(path), stamp)) drop(path);
  }
  overflown_ = true;
  for (const auto& root : roots_) {
    Stamp stamp;
    const bool there = stamp_of(root, true, stamp);
    if (there && known_.contains(root) && S_ISDIR(stamp.mode)) {
      scan(root);
    } else if (there && (!known_.contains(root) || known_.at(root) != stamp)) {
      attach(root);
    }
  }
  overflown_ = false;
}

}  // namespace crstack::cli
