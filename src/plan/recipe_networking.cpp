// SPDX-License-Identifier: MIT
#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "crstack/base/text.hpp"
#include "crstack/plan/planners.hpp"
#include "recipe_parts.hpp"

namespace crstack::plan {

namespace {

using project::NetworkAttachment;
using project::Service;

constexpr int many_endpoints_api = 1044;    ///< from here on a create takes several networks
constexpr int gateway_priority_api = 1048;  ///< and from here on it says which of them has the gateway

/// A port that is published twice alike (`80:80`, and its long form with a number) is published once: the
/// engine would fail to do it again.
void fill_ports(const Service& service, engine::ContainerSpec& spec) {
  std::set<std::string> exposed;
  std::set<std::tuple<std::string, std::string, std::string>> published;
  exposed.insert(service.expose.begin(), service.expose.end());  // as written: `inspect` shows it
  for (const auto& port : service.ports) {
    const std::string inside = std::to_string(port.target) + "/" + port.protocol;
    exposed.insert(inside);
    if (!port.published.empty() && !published.insert({inside, port.host_ip, port.published}).second) continue;
    spec.ports.push_back({port.target, port.protocol, port.host_ip, port.published});
  }
  spec.exposed_ports.assign(exposed.begin(), exposed.end());
}

engine::StringList links(const RecipeContext& context) {
  engine::StringList out;
  for (const auto& entry : context.service.links) {
    const auto parts = split(entry, ':');
    const auto& alias = parts.back();
    const auto names = context.identity.containers_of ? context.identity.containers_of(parts[0])
                                                      : std::vector<std::string>{};
    const std::string number = std::to_string(context.identity.number);
    for (const auto& name : names) {
      out.push_back(name + ":" + alias);
      out.push_back(name + ":" + parts[0] + "-" + number);
      out.push_back(name + ":" + context.project.name + "-" + parts[0] + "-" + number);
    }
  }
  for (const auto& entry : context.service.external_links) {
    out.push_back(entry.find(':') == std::string::npos ? entry + ":" + entry : entry);
  }
  return out;
}

engine::EndpointSpec endpoint(const RecipeContext& context, const std::string& key,
                              const NetworkAttachment& attachment, const engine::StringList& links) {
  const auto network = context.project.networks.find(key);
  if (network == context.project.networks.end()) {
    throw PlanError("Service " + context.service.name + " is on the network " + key +
                    ", which the manifest does not define.");
  }
  engine::EndpointSpec spec;
  spec.network = network->second.name;
  spec.aliases = {context.identity.name};
  if (context.identity.aliases == NetworkAliases::all) {
    spec.aliases.push_back(context.service.name);
    spec.aliases.insert(spec.aliases.end(), attachment.aliases.begin(), attachment.aliases.end());
  }
  spec.links = links;
  spec.link_local_ips = attachment.link_local_ips;
  spec.ipv4_address = attachment.ipv4_address;
  spec.ipv6_address = attachment.ipv6_address;
  spec.mac_address = attachment.mac_address;
  spec.driver_opts = attachment.driver_opts;
  if (!attachment.interface_name.empty()) {
    spec.driver_opts["com.docker.network.endpoint.ifname"] = attachment.interface_name;
  }
  spec.priority = attachment.priority;
  spec.gw_priority = attachment.gw_priority;
  if (attachment.is_mapping) spec.ipam = engine::EndpointSpec::Ipam::always;
  return spec;
}

/// The one with the highest priority first; it becomes the container's network mode.
std::vector<engine::EndpointSpec> endpoints(const RecipeContext& context, const engine::StringList& links) {
  std::map<std::string, NetworkAttachment> attachments = context.service.networks;
  if (attachments.empty() && context.project.networks.contains("default")) attachments["default"] = {};
  std::vector<engine::EndpointSpec> out;
  for (const auto& [key, attachment] : attachments) {
    out.push_back(endpoint(context, key, attachment, links));
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& left, const auto& right) { return left.priority > right.priority; });
  return out;
}

/// A service's own MAC address belongs to its first network; before API 1.44 only the container has one.
void place_mac_address(const RecipeContext& context, std::vector<engine::EndpointSpec>& endpoints,
                       engine::ContainerSpec& spec) {
  spec.mac_address = context.service.mac_address;
  if (context.identity.api_version >= many_endpoints_api) {
    if (!endpoints.empty() && endpoints.front().mac_address.empty()) {
      endpoints.front().mac_address = spec.mac_address;
    }
    if (!endpoints.empty()) spec.mac_address.clear();
    return;
  }
  for (auto& endpoint : endpoints) {
    if (endpoint.mac_address.empty()) continue;
    if (&endpoint != &endpoints.front()) {
      throw PlanError("Service " + context.service.name + " has a MAC address on the network " +
                      endpoint.network + ": engines before API 1.44 can set it on the first network only.");
    }
    spec.mac_address = endpoint.mac_address;
    endpoint.mac_address.clear();
  }
}

/// Whoever has several networks goes on without the choice of a gateway, as docker compose has it.
void leave_out_gateways(std::vector<engine::EndpointSpec>& endpoints, ContainerRecipe& recipe) {
  for (auto& endpoint : endpoints) {
    if (std::exchange(endpoint.gw_priority, 0) == 0) continue;
    recipe.warnings.push_back("networks.gw_priority of " + endpoint.network +
                              " needs Engine API 1.48: this engine goes without");
  }
}

}  // namespace

void fill_networking(const RecipeContext& context, ContainerRecipe& recipe) {
  const auto& service = context.service;
  auto& spec = recipe.spec;
  fill_ports(service, spec);
  spec.dns = service.dns;
  spec.dns_options = service.dns_opt;
  spec.dns_search = service.dns_search;
  for (auto host : service.extra_hosts) {
    if (const auto equals = host.find('='); equals != std::string::npos) host[equals] = ':';
    spec.extra_hosts.push_back(std::move(host));
  }
  spec.links = links(context);
  if (!service.network_mode.empty()) {
    spec.network_mode = resolve_shared(context, service.network_mode);
    spec.mac_address = service.mac_address;
    return;
  }
  auto all = endpoints(context, spec.links);
  place_mac_address(context, all, spec);
  if (context.identity.api_version < gateway_priority_api) leave_out_gateways(all, recipe);
  spec.network_mode = all.empty() ? "none" : all.front().network;
  const bool together = context.identity.api_version >= many_endpoints_api;
  for (auto& endpoint : all) {
    auto& list = together || spec.endpoints.empty() ? spec.endpoints : recipe.connect;
    list.push_back(std::move(endpoint));
  }
}

}  // namespace crstack::plan
