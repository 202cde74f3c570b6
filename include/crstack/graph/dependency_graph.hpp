// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "crstack/project/project.hpp"

namespace crstack::graph {

/// Services and what they depend on. Immutable; holds no reference to the project.
class DependencyGraph {
 public:
  struct Edge {
    std::string to;
    project::Dependency dependency;
  };

  /// Dependencies on services that the project does not have are left out (the loader has refused required
  /// ones).
  explicit DependencyGraph(const project::Project& project);

  [[nodiscard]] const std::vector<std::string>& services() const { return order_; }  ///< dependencies first
  [[nodiscard]] const std::vector<Edge>& dependencies(const std::string& service) const;
  [[nodiscard]] const std::vector<std::string>& dependents(const std::string& service) const;
  /// The services and all that they depend on, directly or not.
  [[nodiscard]] std::set<std::string> with_dependencies(const std::set<std::string>& services) const;
  /// The services and all that depend on them, directly or not.
  [[nodiscard]] std::set<std::string> with_dependents(const std::set<std::string>& services) const;
  /// A cycle as `a → b → a`, or empty.
  [[nodiscard]] const std::vector<std::string>& cycle() const { return cycle_; }

 private:
  std::map<std::string, std::vector<Edge>> edges_;
  std::map<std::string, std::vector<std::string>> dependents_;
  std::vector<std::string> order_, cycle_;
};

/// The graph as a text tree, as Graphviz DOT and as a Mermaid flowchart.
std::string to_tree(const DependencyGraph& graph);
std::string to_dot(const DependencyGraph& graph);
std::string to_mermaid(const DependencyGraph& graph);

}  // namespace crstack::graph
