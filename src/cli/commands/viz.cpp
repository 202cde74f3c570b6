// SPDX-License-Identifier: MIT
#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "crstack/base/error.hpp"
#include "crstack/plan/container_spec.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"--image", Takes::flag, "", "Show the services' images", ""},
    {"--indentation-size", Takes::number, "int", "Tabs or spaces of indentation (default 1)", ""},
    {"--networks", Takes::flag, "", "Show the services' networks", ""},
    {"--ports", Takes::flag, "", "Show the services' ports", ""},
    {"--spaces", Takes::flag, "", "Indent with spaces instead of tabs", ""},
};

std::string section(const std::string& title, const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string text = "<font point-size=\"10\"><br/><br/><b>" + title + ":</b>";
  for (const auto& line : lines) text += "<br/>" + line;
  return text + "</font>";
}

std::string shown(const project::PortMapping& port) {
  return (port.host_ip.empty() ? "" : port.host_ip + ":") + port.published + ":" +
         std::to_string(port.target) + " (" + port.protocol + ", " + port.mode + ")";
}

std::string node(const project::Project& project, const project::Service& service,
                 const Arguments& arguments) {
  std::vector<std::string> networks, ports, image;
  if (arguments.flag("networks"))
    for (const auto& [name, attachment] : service.networks) networks.push_back(name);
  if (arguments.flag("ports"))
    for (const auto& port : service.ports) ports.push_back(shown(port));
  if (arguments.flag("image")) image.push_back(plan::image_name(project, service));
  return "\"" + service.name + "\" [style=\"filled\" label=<<font point-size=\"15\">" + service.name +
         "</font>" + section("Networks", networks) + section("Ports", ports) + section("Image", image) +
         ">];\n";
}

int run(Context& context, const Arguments& arguments) {
  const int size = arguments.number("indentation-size").value_or(1);
  if (size < 0) throw Error("invalid indentation size: " + std::to_string(size));
  const auto& project = context.project();
  const std::string indent(static_cast<std::size_t>(size), arguments.flag("spaces") ? ' ' : '\t');
  std::string text = "digraph \"" + project.name + "\" {\n" + indent + "layout=dot;\n";
  for (const auto& [name, service] : project.services) text += indent + node(project, service, arguments);
  text += "\n";
  for (const auto& [name, service] : project.services)
    for (const auto& [needed, dependency] : service.depends_on)
      text += indent + "\"" + name + "\" -> \"" + needed + "\";\n";
  if (context.called_as() != CalledAs::crstack) write_error("viz command is EXPERIMENTAL\n");
  write_out(text + "}\n\n");
  return 0;
}

}  // namespace

constinit const Command alpha_viz_command{
    .name = "alpha viz",
    .aliases = "",
    .synopsis = "[OPTIONS]",
    .summary = "Draw the services and their dependencies for graphviz",
    .details = "The same text as docker compose's, in alphabetical order. See graph for other drawings.",
    .options = options,
    .run = run,
};

}  // namespace crstack::cli
