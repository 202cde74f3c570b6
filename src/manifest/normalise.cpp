// SPDX-License-Identifier: MIT
#include "crstack/base/text.hpp"
#include "file_path.hpp"
#include "stages.hpp"

namespace crstack::manifest {

namespace {

enum class Unset : bool { dropped, kept };
enum class Restart : bool { no, yes };

/// Gives bare names (`- KEY`, `KEY:`) the values that the environment has for them. Those it hasn't are kept
/// or dropped.
void resolve_pairs(Node* pairs, const Environment& environment, Unset unset) {
  if (!pairs) return;
  if (pairs->is_map()) {
    for (Map::Entry& entry : pairs->as_map()) {
      if (!entry.value.is_null()) continue;
      const auto found = environment.find(entry.key);
      if (found != environment.end()) entry.value = Node::string(found->second, entry.value.mark);
    }
    if (unset == Unset::dropped)
      pairs->as_map().erase_if([](const Map::Entry& entry) { return entry.value.is_null(); });
  } else if (pairs->is_list()) {
    List kept;
    for (Node& item : pairs->as_list()) {
      const std::string text = item.scalar_text();
      const bool bare = text.find('=') == std::string::npos;
      const auto found = bare ? environment.find(text) : environment.end();
      if (found != environment.end()) item = Node::string(text + '=' + found->second, item.mark);
      if (!bare || found != environment.end() || unset == Unset::kept) kept.push_back(std::move(item));
    }
    pairs->as_list() = std::move(kept);
  }
}

void imply(Node& dependencies, const std::string& service, Restart restart, Mark mark) {
  if (dependencies.find(service)) return;
  Node dependency = Node::map(mark);
  dependency.set("condition", Node::string("service_started", mark));
  dependency.set("restart", Node::boolean(restart == Restart::yes, mark));
  dependency.set("required", Node::boolean(true, mark));
  dependencies.set(service, std::move(dependency));
}

void imply_from_modes(const Node& service, Node& dependencies) {
  constexpr std::string_view prefix = "service:";
  for (const char* key : {"network_mode", "ipc", "pid", "uts", "cgroup"}) {
    const Node* mode = service.find(key);
    if (!mode || !mode->is_string() || mode->as_string().substr(0, prefix.size()) != prefix) continue;
    if (mode->as_string().size() > prefix.size())
      imply(dependencies, mode->as_string().substr(prefix.size()), Restart::yes, mode->mark);
  }
}

void imply_dependencies_of(Node& service) {
  Node none = Node::map(service.mark);
  Node* declared = service.find("depends_on");
  Node& dependencies = declared && declared->is_map() ? *declared : none;
  if (const Node* links = service.find("links"); links && links->is_list())
    for (const Node& link : links->as_list()) {
      if (!link.is_string()) continue;
      const auto parts = split(link.scalar_text(), ':');
      imply(dependencies, parts.size() == 2 ? parts[0] : link.scalar_text(), Restart::yes, link.mark);
    }
  imply_from_modes(service, dependencies);
  if (const Node* sources = service.find("volumes_from"); sources && sources->is_list())
    for (const Node& source : sources->as_list()) {
      if (!source.is_string()) continue;
      const auto parts = split(source.scalar_text(), ':');
      if (parts[0] != "container") imply(dependencies, parts[0], Restart::no, source.mark);
    }
  if (&dependencies == &none && !none.as_map().empty()) service.set("depends_on", std::move(none));
}

void normalise_build(Node& build, const Environment& environment) {
  if (!build.is_map()) return;
  if (!build.find("context")) build.set("context", Node::string(".", build.mark));
  if (!build.find("dockerfile") && !build.find("dockerfile_inline"))
    build.set("dockerfile", Node::string("Dockerfile", build.mark));
  resolve_pairs(build.find("args"), environment, Unset::dropped);
}

void normalise_mounts(Node& service) {
  Node* mounts = service.find("volumes");
  if (!mounts || !mounts->is_list()) return;
  for (Node& mount : mounts->as_list())
    if (Node* target = mount.find("target"); target && target->is_string())
      *target = Node::string(clean_path(target->as_string()), target->mark);
}

void normalise_service(Node& service, const Environment& environment) {
  if (Node* policy = service.find("pull_policy");
      policy && policy->is_string() && policy->as_string() == "if_not_present")
    *policy = Node::string("missing", policy->mark);
  if (Node* build = service.find("build")) normalise_build(*build, environment);
  resolve_pairs(service.find("environment"), environment, Unset::kept);
  imply_dependencies_of(service);
  normalise_mounts(service);
}

/// Joins the service to the default network unless it says otherwise. Whether it is in the default network.
bool join_default_network(Node& service) {
  if (service.find("provider") || service.find("network_mode")) return false;
  const Node* networks = service.find("networks");
  const bool declared = networks && !(networks->is_map() && networks->as_map().empty());
  if (declared) return networks->find("default") != nullptr;
  Node implied = Node::map(service.mark);
  implied.set("default", Node::null(service.mark));
  service.set("networks", std::move(implied));
  return true;
}

void name_resources(Node& tree, const char* section, const std::string& project) {
  Node* resources = tree.find(section);
  if (!resources || !resources->is_map()) return;
  for (Map::Entry& entry : resources->as_map()) {
    if (entry.value.is_null()) entry.value = Node::map(entry.key_mark);
    if (!entry.value.is_map() || entry.value.find("name")) continue;
    const Node* external = entry.value.find("external");
    // without interpolation, `external: "true"` is a text still
    const bool outside = external && parse_boolean(external->scalar_text()).value_or(false);
    entry.value.set("name", Node::string(outside ? entry.key : project + '_' + entry.key, entry.value.mark));
  }
}

}  // namespace

void imply_dependencies(Node& tree) {
  Node* services = tree.find("services");
  if (!services || !services->is_map()) return;
  for (Map::Entry& entry : services->as_map())
    if (entry.value.is_map()) imply_dependencies_of(entry.value);
}

void share_scale(Node& tree) {
  Node* services = tree.find("services");
  if (!services || !services->is_map()) return;
  for (Map::Entry& entry : services->as_map()) {
    const Node* scale = entry.value.find("scale");
    Node* deploy = entry.value.find("deploy");
    if (scale && deploy && deploy->is_map() && !deploy->find("replicas")) deploy->set("replicas", *scale);
  }
}

void normalise(Node& tree, const Context& context, Diagnostics&) {
  static const Environment nothing;
  const Environment& environment = context.options->interpolate ? context.environment : nothing;
  bool default_network = false;
  if (Node* services = tree.find("services"); services && services->is_map())
    for (Map::Entry& entry : services->as_map()) {
      if (!entry.value.is_map()) continue;
      default_network = join_default_network(entry.value) || default_network;
      normalise_service(entry.value, environment);
    }
  if (default_network) {
    if (!tree.find("networks")) tree.set("networks", Node::map(tree.mark));
    Node* networks = tree.find("networks");
    if (networks->is_map() && !networks->find("default")) networks->set("default", Node::null(tree.mark));
  }
  for (const char* section : {"networks", "volumes", "configs", "secrets"})
    name_resources(tree, section, context.project_name);
}

}  // namespace crstack::manifest
