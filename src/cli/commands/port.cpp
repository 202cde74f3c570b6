// SPDX-License-Identifier: MIT
#include <charconv>

#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/project_containers.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"--index", Takes::number, "int", "Which container, if the service has several", ""},
    {"--protocol", Takes::text, "string", "Protocol (default \"tcp\")", "tcp udp"},
};

int read_port(const std::string& text) {
  int port = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc{} || stop != end || port < 1 || port > 65535)
    throw UsageError("strconv.ParseUint: parsing \"" + text + "\": invalid syntax",
                     "Name the port inside the container, for example 80.");
  return port;
}

std::string host_and_port(const engine::PublishedPort& port) {
  const bool bracketed = port.host_ip.find(':') != std::string::npos;
  return (bracketed ? "[" + port.host_ip + "]" : port.host_ip) + ":" + std::to_string(port.host_port);
}

int run(Context& context, const Arguments& arguments) {
  const auto& service = arguments.positional()[0];
  const int wanted = read_port(arguments.positional()[1]);
  const auto protocol = to_lower(arguments.text_or("protocol", "tcp"));
  const auto scope = context.scope({service});
  const auto container =
      container_of(context.engine(), scope.name, service, arguments.number("index").value_or(0));
  std::vector<std::string> others;
  for (const auto& port : container.ports) {  // one that isn't published is ":0"
    if (port.container_port == wanted && port.protocol == protocol) {
      write_out(host_and_port(port) + "\n");
      return 0;
    }
    others.push_back((port.host_port != 0 ? host_and_port(port) + "->" : "") +
                     std::to_string(port.container_port) + "/" + port.protocol);
  }
  throw Error("no port " + std::to_string(wanted) + "/" + protocol + " for container " + container.name +
              ": " + join(others, ", "));
}

}  // namespace

constinit const Command port_command{
    .name = "port",
    .aliases = "",
    .synopsis = "[OPTIONS] SERVICE PRIVATE_PORT",
    .summary = "Print the public port of a port binding",
    .details = "",
    .options = options,
    .run = run,
    .count = {2},
};

}  // namespace crstack::cli
