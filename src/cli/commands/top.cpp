// SPDX-License-Identifier: MIT
#include <algorithm>

#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/project_containers.hpp"
#include "crstack/plan/labels.hpp"
#include "crstack/ui/table.hpp"

namespace crstack::cli {
namespace {

/// Containers may have columns of different names: each row is filled into the columns of all.
struct Processes {
  std::vector<std::string> titles = {"SERVICE", "#"};
  std::vector<std::vector<std::string>> rows;

  void add(const std::string& service, const std::string& number,
           const engine::Containers::ProcessTable& table) {
    for (const auto& title : table.titles)
      if (std::find(titles.begin(), titles.end(), title) == titles.end()) titles.push_back(title);
    for (const auto& cells : table.rows) {
      std::vector<std::string> row(titles.size(), "-");
      row[0] = service;
      row[1] = number;
      for (std::size_t i = 0; i < cells.size() && i < table.titles.size(); ++i) {
        const auto place = std::find(titles.begin(), titles.end(), table.titles[i]) - titles.begin();
        row[static_cast<std::size_t>(place)] = cells[i];
      }
      rows.push_back(std::move(row));
    }
  }
};

int run(Context& context, const Arguments& arguments) {
  const auto& services = arguments.positional();
  const auto scope = context.scope(services);
  auto& engine = context.engine();
  Processes processes;
  for (const auto& container :
       project_containers(engine, scope.name, engine::Containers::Which::running, OneOffs::leave)) {
    const auto& service = service_of(container);
    if (!services.empty() && std::find(services.begin(), services.end(), service) == services.end()) continue;
    processes.add(service, label_of(container, plan::labels::container_number), engine.top(container.id, ""));
  }
  if (processes.rows.empty()) return 0;
  ui::Table table(processes.titles, {4, 2, 0});
  for (auto& row : processes.rows) {
    row.resize(processes.titles.size(), "-");
    table.add(std::move(row));
  }
  write_out(table.str());
  return 0;
}

}  // namespace

constinit const Command top_command{
    .name = "top",
    .aliases = "",
    .synopsis = "[SERVICES...]",
    .summary = "Display the running processes",
    .details = "",
    .options = {},
    .run = run,
};

}  // namespace crstack::cli
