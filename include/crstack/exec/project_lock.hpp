// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <string>

#include "crstack/base/environment.hpp"

namespace crstack::exec {

/// Held while a command changes a project, so that two `up`s of it don't fight: the second one waits, and
/// then finds everything done. Lets go in the destructor, or when the process ends in whatever way. Where no
/// lock file can be made, it holds nothing and all goes on without.
class ProjectLock {
 public:
  /// A project of that name on another engine (its address) is another one. `on_wait` is called once if
  /// somebody else holds it.
  ProjectLock(const std::string& project, const std::string& engine, const Environment& environment,
              const std::function<void()>& on_wait);
  ~ProjectLock();
  void release();  ///< before the destructor does
  /// Lets go, and leaves no file behind: for a project that has ended. Whoever waits for it goes on.
  void remove();
  ProjectLock(const ProjectLock&) = delete;
  ProjectLock& operator=(const ProjectLock&) = delete;

 private:
  void open();

  std::string path_;
  int fd_ = -1;
};

}  // namespace crstack::exec
