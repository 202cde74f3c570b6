// SPDX-License-Identifier: MIT
#include "crstack/graph/dependency_graph.hpp"

#include <catch2/catch_test_macros.hpp>

#include "crstack/base/text.hpp"

using crstack::graph::DependencyGraph;
using crstack::project::Condition;
using crstack::project::Project;

namespace {

void add(Project& project, const std::string& name, const std::map<std::string, Condition>& depends_on = {}) {
  auto& service = project.services[name];
  service.name = name;
  for (const auto& [to, condition] : depends_on) service.depends_on[to].condition = condition;
}

Project stack() {
  Project project;
  add(project, "vault");
  add(project, "vault-config", {{"vault", Condition::healthy}});
  add(project, "redis");
  add(project, "app", {{"vault-config", Condition::completed_successfully}, {"redis", Condition::healthy}});
  add(project, "nginx", {{"app", Condition::healthy}, {"vault", Condition::started}});
  project.services["nginx"].depends_on["vault"].required = false;
  return project;
}

}  // namespace

TEST_CASE("dependencies come first, and among equals the order is by name", "[graph]") {
  const DependencyGraph graph(stack());
  CHECK(crstack::join(graph.services(), " ") == "redis vault vault-config app nginx");
  CHECK(graph.cycle().empty());
  CHECK(graph.dependents("vault") == std::vector<std::string>{"nginx", "vault-config"});
  CHECK(graph.dependencies("nobody").empty());
}

TEST_CASE("closures go all the way down or up", "[graph]") {
  const DependencyGraph graph(stack());
  CHECK(graph.with_dependencies({"app"}) == std::set<std::string>{"app", "redis", "vault", "vault-config"});
  CHECK(graph.with_dependents({"vault-config"}) == std::set<std::string>{"vault-config", "app", "nginx"});
}

TEST_CASE("a dependency on a service that is not there is left out", "[graph]") {
  Project project;
  add(project, "web", {{"gone", Condition::started}});
  CHECK(DependencyGraph(project).services() == std::vector<std::string>{"web"});
}

TEST_CASE("a cycle is told as the way round it, without what only leads to it", "[graph]") {
  Project project;
  add(project, "a", {{"b", Condition::started}});
  add(project, "b", {{"c", Condition::started}});
  add(project, "c", {{"d", Condition::started}});
  add(project, "d", {{"b", Condition::started}, {"e", Condition::started}});
  add(project, "e");
  CHECK(crstack::join(DependencyGraph(project).cycle(), " → ") == "b → c → d → b");
}

TEST_CASE("a service that depends on itself is a cycle", "[graph]") {
  Project project;
  add(project, "a", {{"a", Condition::started}});
  CHECK(crstack::join(DependencyGraph(project).cycle(), " → ") == "a → a");
}

TEST_CASE("the tree shows what each service waits for", "[graph]") {
  CHECK(crstack::graph::to_tree(DependencyGraph(stack())) ==
        "nginx\n"
        "├── app (healthy)\n"
        "│   ├── redis (healthy)\n"
        "│   └── vault-config (completed)\n"
        "│       └── vault (healthy)\n"
        "└── vault (started, optional)\n");
}

TEST_CASE("a subtree that was shown is not shown again", "[graph]") {
  Project project;
  add(project, "db");
  add(project, "app", {{"db", Condition::healthy}});
  add(project, "one", {{"app", Condition::started}});
  add(project, "two", {{"app", Condition::started}});
  CHECK(crstack::graph::to_tree(DependencyGraph(project)) ==
        "one\n"
        "└── app (started)\n"
        "    └── db (healthy)\n"
        "two\n"
        "└── app (started) …\n");
}

TEST_CASE("the graph as Graphviz reads it", "[graph]") {
  Project project;
  add(project, "db");
  add(project, "web", {{"db", Condition::healthy}});
  CHECK(crstack::graph::to_dot(DependencyGraph(project)) ==
        "digraph {\n"
        "  rankdir=LR;\n"
        "  \"db\";\n"
        "  \"web\";\n"
        "  \"web\" -> \"db\" [label=\"healthy\"];\n"
        "}\n");
}

TEST_CASE("the graph as Mermaid reads it", "[graph]") {
  Project project;
  add(project, "end");
  add(project, "web", {{"end", Condition::completed_successfully}});
  project.services["web"].depends_on["end"].required = false;
  CHECK(crstack::graph::to_mermaid(DependencyGraph(project)) ==
        "flowchart LR\n"
        "  s1[\"end\"]\n"
        "  s2[\"web\"]\n"
        "  s2 -.->|completed, optional| s1\n");
}
