// SPDX-License-Identifier: MIT
#include "crstack/exec/project_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace crstack::exec {

namespace {

/// A directory of the user's own, so that nobody else can hold or plant a file there; empty: none.
std::string lock_directory(const Environment& environment) {
  const auto runtime = variable(environment, "XDG_RUNTIME_DIR");
  const std::string directory =
      runtime.empty() ? "/tmp/crstack-" + std::to_string(::getuid()) : runtime + "/crstack";
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return "";
  struct stat status {};
  const bool own =
      ::lstat(directory.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == ::getuid();
  return own ? directory : "";
}

/// Whether the path still leads to the file: who held the lock may have removed it.
bool leads_to(const std::string& path, int fd) {
  struct stat named {};
  struct stat open {};
  return ::fstat(fd, &open) == 0 && ::lstat(path.c_str(), &named) == 0 && named.st_ino == open.st_ino &&
         named.st_dev == open.st_dev;
}

}  // namespace

ProjectLock::ProjectLock(const std::string& project, const std::string& engine,
                         const Environment& environment, const std::function<void()>& on_wait) {
  const auto directory = lock_directory(environment);
  if (directory.empty()) return;
  path_ = directory + "/" + project + "." + std::to_string(std::hash<std::string>()(engine)) + ".lock";
  bool told = false;
  for (open(); fd_ >= 0; open()) {
    if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
      if (!std::exchange(told, true)) on_wait();
      while (::flock(fd_, LOCK_EX) != 0 && errno == EINTR) {
      }
    }
    if (leads_to(path_, fd_)) return;
    release();
  }
}

ProjectLock::~ProjectLock() {
  release();
}

void ProjectLock::open() {
  fd_ = ::open(path_.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
}

void ProjectLock::release() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void ProjectLock::remove() {
  if (fd_ >= 0) ::unlink(path_.c_str());
  release();
}

}  // namespace crstack::exec
