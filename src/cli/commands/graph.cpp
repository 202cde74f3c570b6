// SPDX-License-Identifier: MIT
#include "crstack/graph/dependency_graph.hpp"

#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"--format", Takes::text, "string", "How the graph is written (default \"tree\")", "tree dot mermaid"},
};

int run(Context& context, const Arguments& arguments) {
  const graph::DependencyGraph graph(context.project());
  const auto format = arguments.text_or("format", "tree");
  if (format == "tree") {
    write_out(graph::to_tree(graph));
  } else if (format == "dot") {
    write_out(graph::to_dot(graph));
  } else if (format == "mermaid") {
    write_out(graph::to_mermaid(graph));
  } else {
    throw UsageError("unknown format of graph: " + format, "Use tree, dot or mermaid.");
  }
  return 0;
}

}  // namespace

constinit const Command graph_command{
    .name = "graph",
    .aliases = "",
    .synopsis = "[OPTIONS]",
    .summary = "Show which service waits for which",
    .details = "",
    .options = options,
    .run = run,
    .count = {0, 0},
};

}  // namespace crstack::cli
