// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "cli/build/ignore_patterns.hpp"
#include "crstack/project/project.hpp"

namespace crstack::cli {

/// A path of this machine and the one that it has in a service's containers.
struct PathMapping {
  std::string host, container;
  auto operator<=>(const PathMapping&) const = default;
};

/// What a batch of changes asks for.
struct WatchWork {
  std::set<std::string> rebuild, restart;             ///< services
  std::map<std::string, std::set<PathMapping>> sync;  ///< by service
  struct Command {
    std::string service;
    const project::Hook* hook = nullptr;
    auto operator<=>(const Command&) const = default;
  };
  std::set<Command> exec;
};

/// The rules of `develop.watch` (Compose Develop Specification), those of some services or of all. What a
/// service's `.dockerignore` leaves out, `.git` and the temporary files of editors matter to no rule. Pure
/// but for reading `.dockerignore` once; the project must outlive it.
class WatchRules {
 public:
  /// Throws Error where no service has a rule, or one is to be rebuilt that has no build.
  WatchRules(const project::Project& project, const std::vector<std::string>& services);

  /// The paths to watch.
  [[nodiscard]] std::vector<std::string> roots() const;
  /// Whether something in this directory may matter to a rule.
  [[nodiscard]] bool enters(const std::string& directory) const;
  [[nodiscard]] WatchWork decide(const std::set<std::string>& paths) const;
  /// What the rules with `initial_sync` want copied before anything has changed.
  [[nodiscard]] WatchWork initial(const std::set<std::string>& paths) const;
  /// Remarks for the user: rules that are left out.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  struct Rule {
    std::string service;
    const project::WatchRule* rule = nullptr;
    IgnorePatterns ignored, included, left_out;  ///< left_out: by `.dockerignore`, relative to `context`
    std::string context;
    [[nodiscard]] bool matches(const std::string& path) const;
  };
  void add(const project::Service& service);
  static void apply(const Rule& rule, const std::string& path, WatchWork& work);

  std::vector<Rule> rules_;
  std::vector<std::string> warnings_;
};

}  // namespace crstack::cli
