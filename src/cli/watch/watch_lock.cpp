// SPDX-License-Identifier: MIT
#include "cli/watch/watch_lock.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "crstack/base/error.hpp"
#include "crstack/base/file.hpp"
#include "engine/docker_config.hpp"

namespace crstack::cli {
namespace {

bool runs(pid_t process) {
  return process > 0 && process != ::getpid() && (::kill(process, 0) == 0 || errno == EPERM);
}

pid_t process_in(const std::string& path) {
  return std::atoi(read_if_there(path).c_str());
}

/// Where it can't be written, nobody else sees it, and that is all.
void write_process(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return;
  ::dprintf(file, "%d", static_cast<int>(::getpid()));
  ::close(file);
}

}  // namespace

WatchLock::WatchLock(const std::string& project, const Environment& environment)
    : path_(engine::config_directory(environment)) {
  ::mkdir(path_.c_str(), 0700);
  path_ += "/docker-compose";
  ::mkdir(path_.c_str(), 0700);
  path_ += "/" + project + ".pid";
  if (const auto other = process_in(path_); runs(other))
    throw Error("cannot take exclusive lock for project \"" + project + "\": process with PID " +
                std::to_string(other) + " is still running");
  write_process(path_);
}

WatchLock::~WatchLock() {
  if (process_in(path_) == ::getpid()) ::unlink(path_.c_str());
}

}  // namespace crstack::cli
