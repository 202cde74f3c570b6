// SPDX-License-Identifier: MIT
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace crstack::engine {

/// An SSH agent (OpenSSH's `ssh-agent`) that holds private keys, for a build that may sign with them but not
/// read them. It listens in a directory of its own and ends with this object, or with this program, however
/// that ends.
class KeyAgent {
 public:
  /// `keys`: paths of private keys. Throws Error where there is no ssh-agent, or a file is no key.
  explicit KeyAgent(const std::vector<std::string>& keys);
  ~KeyAgent();
  KeyAgent(const KeyAgent&) = delete;
  KeyAgent& operator=(const KeyAgent&) = delete;

  [[nodiscard]] std::string socket() const { return directory_ + "/agent"; }

 private:
  void start();
  void add(const std::string& key);
  void end();

  std::string directory_;
  pid_t pid_ = -1;
  int life_ = -1;  ///< a pipe; the agent ends when nobody holds it any more
};

}  // namespace crstack::engine
