// SPDX-License-Identifier: MIT
#include "cli/project_containers.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"
#include "crstack/engine/error.hpp"
#include "crstack/plan/labels.hpp"
#include "crstack/plan/observed_state.hpp"

namespace crstack::cli {
namespace {

using Port = engine::PublishedPort;

struct Range {
  int first = 0, last = 0;
};

std::string at_host(const std::string& address, const std::string& port) {
  const bool bracketed = address.find(':') != std::string::npos;
  return (bracketed ? "[" + address + "]" : address) + ":" + port;
}

// `key` is `address/protocol` of published ports, `/protocol` of exposed ones.
std::string shown_range(const std::string& key, const Range& range) {
  const auto slash = key.rfind('/');
  const auto address = key.substr(0, slash);
  auto text = std::to_string(range.first);
  if (range.last != range.first) text += "-" + std::to_string(range.last);
  const auto inside = text + key.substr(slash);
  return address.empty() ? inside : at_host(address, text) + "->" + inside;
}

int number_of(const engine::ContainerSummary& container) {
  return std::atoi(label_of(container, plan::labels::container_number).c_str());
}

}  // namespace

const std::string& label_of(const engine::ContainerSummary& container, const std::string& key) {
  return value_of(container.labels, key);
}

const std::string& service_of(const engine::ContainerSummary& container) {
  return label_of(container, plan::labels::service);
}

std::vector<engine::ContainerSummary> project_containers(engine::Engine& engine, const std::string& project,
                                                         engine::Containers::Which which, OneOffs one_offs) {
  auto filter = plan::labels_of_containers(project);
  if (one_offs == OneOffs::leave) filter.push_back(std::string(plan::labels::oneoff) + "=False");
  auto containers = engine.list_containers(filter, which);
  std::sort(containers.begin(), containers.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return containers;
}

engine::ContainerSummary container_of(engine::Engine& engine, const std::string& project,
                                      const std::string& service, int index,
                                      engine::Containers::Which which) {
  auto containers = project_containers(engine, project, which, OneOffs::include);
  std::erase_if(containers, [&](const auto& container) { return service_of(container) != service; });
  if (index > 0)
    std::erase_if(containers, [&](const auto& container) { return number_of(container) != index; });
  const auto rank = [](const auto& container) {
    return std::pair(label_of(container, plan::labels::oneoff) == "True", number_of(container));
  };
  std::sort(containers.begin(), containers.end(),
            [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  if (!containers.empty()) return containers.front();
  const auto number = index > 0 ? " container #" + std::to_string(index) : std::string();
  throw Error("service \"" + service + "\" is not running" + number);
}

bool lives_on(engine::Engine& engine, const std::string& id) {
  try {
    const auto state = engine.inspect_container(id).state;
    return state == engine::ContainerState::restarting || state == engine::ContainerState::running;
  } catch (const engine::EngineError&) {
    return false;
  }
}

std::string shown_ports(std::vector<Port> ports) {
  std::sort(ports.begin(), ports.end(), [](const Port& a, const Port& b) {
    return std::tie(a.container_port, a.host_ip, a.host_port, a.protocol) <
           std::tie(b.container_port, b.host_ip, b.host_port, b.protocol);
  });
  std::vector<std::string> shown, mapped;
  std::map<std::string, Range> open;
  for (const auto& port : ports) {
    if (port.host_port != 0 && port.host_port != port.container_port) {
      mapped.push_back(at_host(port.host_ip, std::to_string(port.host_port)) + "->" +
                       std::to_string(port.container_port) + "/" + port.protocol);
      continue;
    }
    const auto key = (port.host_port != 0 ? port.host_ip : "") + "/" + port.protocol;
    auto [found, is_new] = open.try_emplace(key, Range{port.container_port, port.container_port});
    if (is_new || found->second.last == port.container_port) continue;
    if (found->second.last + 1 != port.container_port) {
      shown.push_back(shown_range(key, found->second));
      found->second.first = port.container_port;
    }
    found->second.last = port.container_port;
  }
  for (const auto& [key, range] : open) shown.push_back(shown_range(key, range));
  shown.insert(shown.end(), mapped.begin(), mapped.end());
  return join(shown, ", ");
}

}  // namespace crstack::cli
