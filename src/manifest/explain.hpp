// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "assembler.hpp"
#include "crstack/base/environment.hpp"
#include "crstack/manifest/inspect.hpp"
#include "discovery.hpp"

namespace crstack::manifest {

/// Finds a value by its path; a list's item by its number. nullptr where there is none.
const Node* find_value(const Node& tree, const std::vector<std::string>& path);

/// `services.web.ports[0]` as `services`, `web`, `ports`, `0`.
std::vector<std::string> split_path(const std::string& path);

/// Listens to the assembling of a manifest and notes the places that one value comes from.
class ExplainListener final : public MergeListener {
 public:
  ExplainListener(const std::string& path, const Start& start, const Sources& sources);
  void on_read(const Node& raw, const Environment& environment, Role role, const std::string& file) override;
  /// In the order of precedence, the winner last.
  [[nodiscard]] std::vector<ExplainStep> steps() const;

 private:
  struct Target {
    std::vector<std::string> path;
    std::string file;  ///< the extended file; empty: the file that is merged
    int depth = 0;     ///< how many `extends` lie between
    int round = 0;     ///< number of the merged file that it belongs to
  };
  struct Found {
    ExplainStep step;
    int depth, round;
    Mark mark;
  };
  void look_for(const Target& target, const Node& raw, const Environment& environment);
  void follow_extends(const Target& target, const Node& raw, const Environment& environment);
  [[nodiscard]] std::string origin(const std::string& name, const Environment& environment) const;

  std::vector<std::string> path_;
  const Start& start_;
  const Sources& sources_;
  std::vector<Target> targets_;
  std::vector<Found> found_;
  int round_ = 0;
};

}  // namespace crstack::manifest
