// SPDX-License-Identifier: MIT
#include "crstack/graph/dependency_graph.hpp"

#include <algorithm>
#include <functional>
#include <queue>

namespace crstack::graph {

namespace {

using Edges = std::map<std::string, std::vector<DependencyGraph::Edge>>;

/// Follows edges among the services that no order could place until one comes up again.
std::vector<std::string> find_cycle(const Edges& edges, const std::map<std::string, std::size_t>& stuck) {
  std::vector<std::string> path;
  std::set<std::string> on_path;
  std::string at;
  for (const auto& [service, waits_for] : stuck) {
    if (waits_for != 0) {
      at = service;
      break;
    }
  }
  while (on_path.insert(at).second) {
    path.push_back(at);
    const auto& out = edges.at(at);
    at = std::find_if(out.begin(), out.end(), [&](const auto& edge) { return stuck.at(edge.to) != 0; })->to;
  }
  path.erase(path.begin(), std::find(path.begin(), path.end(), at));
  path.push_back(at);
  return path;
}

/// The start and all that `next` leads to from there.
template <typename Next>
std::set<std::string> closure(const std::set<std::string>& start, const Next& next) {
  std::set<std::string> reached;
  std::vector<std::string> open(start.begin(), start.end());
  while (!open.empty()) {
    const std::string service = std::move(open.back());
    open.pop_back();
    if (!reached.insert(service).second) continue;
    next(service, open);
  }
  return reached;
}

}  // namespace

DependencyGraph::DependencyGraph(const project::Project& project) {
  std::map<std::string, std::size_t> waits_for;
  for (const auto& [name, service] : project.services) {
    auto& out = edges_[name];
    dependents_[name];
    for (const auto& [to, dependency] : service.depends_on) {
      if (!project.services.contains(to)) continue;
      out.push_back({to, dependency});
      dependents_[to].push_back(name);
    }
    waits_for[name] = out.size();
  }
  std::priority_queue<std::string, std::vector<std::string>, std::greater<>> ready;
  for (const auto& [name, count] : waits_for) {
    if (count == 0) ready.push(name);
  }
  while (!ready.empty()) {
    order_.push_back(ready.top());
    ready.pop();
    for (const auto& dependent : dependents_.at(order_.back())) {
      if (--waits_for.at(dependent) == 0) ready.push(dependent);
    }
  }
  if (order_.size() < edges_.size()) cycle_ = find_cycle(edges_, waits_for);
}

const std::vector<DependencyGraph::Edge>& DependencyGraph::dependencies(const std::string& service) const {
  static const std::vector<Edge> none;
  const auto found = edges_.find(service);
  return found == edges_.end() ? none : found->second;
}

const std::vector<std::string>& DependencyGraph::dependents(const std::string& service) const {
  static const std::vector<std::string> none;
  const auto found = dependents_.find(service);
  return found == dependents_.end() ? none : found->second;
}

std::set<std::string> DependencyGraph::with_dependencies(const std::set<std::string>& services) const {
  return closure(services, [this](const std::string& service, std::vector<std::string>& open) {
    for (const auto& edge : dependencies(service)) open.push_back(edge.to);
  });
}

std::set<std::string> DependencyGraph::with_dependents(const std::set<std::string>& services) const {
  return closure(services, [this](const std::string& service, std::vector<std::string>& open) {
    for (const auto& dependent : dependents(service)) open.push_back(dependent);
  });
}

}  // namespace crstack::graph
