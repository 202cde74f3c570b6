// SPDX-License-Identifier: MIT
#include "cli/foreground/attached_services.hpp"

#include <algorithm>
#include <set>

#include "cli/screen.hpp"
#include "crstack/base/error.hpp"
#include "crstack/graph/dependency_graph.hpp"

namespace crstack::cli {
namespace {

using Names = std::set<std::string>;

// The services that are brought up: the named ones and, unless --no-deps, what they depend on.
Names started_services(const project::Project& project, const plan::UpOptions& options) {
  Names services(options.services.begin(), options.services.end());
  if (services.empty())
    for (const auto& [name, service] : project.services) services.insert(name);
  const bool alone = options.dependencies == plan::Dependencies::leave;
  return alone ? services : graph::DependencyGraph(project).with_dependencies(services);
}

}  // namespace

std::vector<std::string> attached_services(const Arguments& arguments, const project::Project& project,
                                           const plan::UpOptions& options) {
  auto names = started_services(project, options);
  const auto chosen = arguments.list("attach");
  for (const auto& name : chosen)
    if (!names.contains(name)) throw Error("cannot attach to services not included in up: " + name);
  if (!chosen.empty()) {
    names = Names(chosen.begin(), chosen.end());
  } else if (!options.services.empty() && !arguments.flag("attach-dependencies")) {
    names = Names(options.services.begin(), options.services.end());
  }
  const auto left_out = arguments.list("no-attach");
  std::erase_if(names, [&](const std::string& name) {
    const auto found = project.services.find(name);
    const bool wanted = found != project.services.end() && (found->second.attach || !chosen.empty());
    return !wanted || std::find(left_out.begin(), left_out.end(), name) != left_out.end();
  });
  return {names.begin(), names.end()};
}

ui::LogStyle log_style(Context& context, const Arguments& arguments) {
  ui::LogStyle style;
  if (arguments.flag("no-log-prefix")) style.prefix = ui::Prefix::hide;
  if (arguments.flag("timestamps")) style.timestamps = ui::Timestamps::show;
  if (!arguments.flag("no-color")) style.colours = context.screen().data_terminal.colours();
  if (arguments.flag("watch"))
    style.least_width = 6;  // as if somebody of docker compose's name `#watch` spoke
  return style;
}

}  // namespace crstack::cli
