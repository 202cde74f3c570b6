// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "crstack/base/environment.hpp"

namespace crstack::cli {

/// Says that this process watches a project, in the file that docker compose has for it: one `watch` a
/// project, whichever of the two runs it.
class WatchLock {
 public:
  /// Throws Error where another process does.
  WatchLock(const std::string& project, const Environment& environment);
  ~WatchLock();
  WatchLock(const WatchLock&) = delete;
  WatchLock& operator=(const WatchLock&) = delete;

 private:
  std::string path_;
};

}  // namespace crstack::cli
