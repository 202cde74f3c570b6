// SPDX-License-Identifier: MIT
#include "crstack/graph/dependency_graph.hpp"

namespace crstack::graph {

namespace {

std::string words(const project::Dependency& dependency) {
  std::string text;
  switch (dependency.condition) {
    case project::Condition::started:
      text = "started";
      break;
    case project::Condition::healthy:
      text = "healthy";
      break;
    case project::Condition::completed_successfully:
      text = "completed";
      break;
  }
  return dependency.required ? text : text + ", optional";
}

class TreeWriter {
 public:
  explicit TreeWriter(const DependencyGraph& graph) : graph_(graph) {}

  std::string write() {
    for (const auto& service : sorted()) {
      if (!graph_.dependents(service).empty()) continue;
      out_ += service + "\n";
      children(service, "");
    }
    return out_;
  }

 private:
  [[nodiscard]] std::set<std::string> sorted() const {
    return {graph_.services().begin(), graph_.services().end()};
  }

  /// A service that was shown with its dependencies already is shown once more without them.
  void children(const std::string& service, const std::string& indent) {
    if (!shown_.insert(service).second) return;
    const auto& edges = graph_.dependencies(service);
    for (const auto& edge : edges) {
      const bool last = &edge == &edges.back();
      out_ += indent + (last ? "└── " : "├── ") + edge.to + " (" + words(edge.dependency) + ")";
      const bool again = shown_.contains(edge.to) && !graph_.dependencies(edge.to).empty();
      out_ += again ? " …\n" : "\n";
      if (!again) children(edge.to, indent + (last ? "    " : "│   "));
    }
  }

  const DependencyGraph& graph_;
  std::set<std::string> shown_;
  std::string out_;
};

}  // namespace

std::string to_tree(const DependencyGraph& graph) {
  return TreeWriter(graph).write();
}

std::string to_dot(const DependencyGraph& graph) {
  const std::set<std::string> services(graph.services().begin(), graph.services().end());
  std::string out = "digraph {\n  rankdir=LR;\n";
  for (const auto& service : services) out += "  \"" + service + "\";\n";
  for (const auto& service : services) {
    for (const auto& edge : graph.dependencies(service)) {
      out += "  \"" + service + "\" -> \"" + edge.to + "\" [label=\"" + words(edge.dependency) + "\"";
      out += edge.dependency.required ? "];\n" : ", style=dashed];\n";
    }
  }
  return out + "}\n";
}

std::string to_mermaid(const DependencyGraph& graph) {
  const std::set<std::string> services(graph.services().begin(), graph.services().end());
  std::map<std::string, std::string> ids;  // a service's name may be a word that Mermaid reserves
  std::string out = "flowchart LR\n";
  for (const auto& service : services) {
    ids[service] = "s" + std::to_string(ids.size() + 1);
    out += "  " + ids[service] + "[\"" + service + "\"]\n";
  }
  for (const auto& service : services) {
    for (const auto& edge : graph.dependencies(service)) {
      const std::string arrow = edge.dependency.required ? " -->|" : " -.->|";
      out += "  " + ids[service] + arrow + words(edge.dependency) + "| " + ids[edge.to] + "\n";
    }
  }
  return out;
}

}  // namespace crstack::graph
