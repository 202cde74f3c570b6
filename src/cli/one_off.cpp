// SPDX-License-Identifier: MIT
#include "cli/one_off.hpp"

#include <fstream>
#include <iterator>
#include <map>

#include "cli/container_environment.hpp"
#include "crstack/base/error.hpp"
#include "crstack/plan/labels.hpp"
#include "manifest/dotenv.hpp"
#include "manifest/syntax/syntax.hpp"

namespace crstack::cli {
namespace {

std::pair<std::string, std::string> key_and_value(const std::string& word) {
  const auto equals = word.find('=');
  return {word.substr(0, equals), equals == std::string::npos ? "" : word.substr(equals + 1)};
}

project::PortMapping port_of(const manifest::syntax::Port& parsed) {
  project::PortMapping port;
  port.mode = "ingress";
  port.host_ip = parsed.host_ip;
  port.published = parsed.published;
  port.protocol = parsed.protocol.empty() ? "tcp" : parsed.protocol;
  port.target = parsed.target;
  return port;
}

project::Mount mount_of(const Context& context, const std::string& text) {
  const auto parsed = manifest::syntax::parse_mount(text);
  project::Mount mount;
  mount.type = parsed.type;
  mount.source = parsed.source;
  mount.target = parsed.target;
  mount.read_only = parsed.read_only;
  mount.bind_propagation = parsed.propagation;
  mount.bind_selinux = parsed.selinux;
  mount.volume_nocopy = parsed.nocopy;
  mount.bind_create_host_path = parsed.type == "bind";
  if (mount.type == "bind" && mount.source.starts_with("~"))
    mount.source = context.variable("HOME") + mount.source.substr(1);
  if (mount.type == "bind" && !mount.source.starts_with('/'))
    mount.source = context.current_directory() + "/" + mount.source;
  return mount;
}

/// The variables of an env file; relative values come from the caller's environment.
manifest::EnvFile read_env_file(const Context& context, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) throw UsageError("can't read the env file " + path);
  return manifest::parse_env_file(text, [&](std::string_view name) {
    const auto found = context.environment().find(std::string(name));
    return found == context.environment().end() ? nullptr : &found->second;
  });
}

void add_environment(const Context& context, const Arguments& arguments, project::Service& service) {
  for (const auto& path : arguments.list("env-from-file"))
    for (const auto& variable : read_env_file(context, path).variables)
      service.environment[variable.name] = variable.value;
  for (const auto& word : container_environment(arguments.list("env"), context.environment())) {
    const auto [key, value] = key_and_value(word);
    service.environment[key] = word == key ? std::nullopt : std::optional(value);
  }
}

bool belongs_to(const plan::Action& action, const std::string& service) {
  if (const auto* start = std::get_if<plan::StartContainer>(&action))
    return start->container.service == service;
  if (const auto* hook = std::get_if<plan::RunHook>(&action)) return hook->container.service == service;
  const auto* gate = std::get_if<plan::WaitForCondition>(&action);
  return gate != nullptr && gate->service == service;
}

}  // namespace

project::Service one_off_service(const Context& context, const Arguments& arguments, project::Service service,
                                 const std::string& name) {
  const auto& words = arguments.positional();
  service.container_name = name;
  service.scale = 1;
  service.restart.clear();
  service.restart_policy.reset();
  if (words.size() > 1) service.command.emplace(words.begin() + 1, words.end());
  if (const auto entrypoint = arguments.text("entrypoint")) {
    service.entrypoint = manifest::syntax::split_command(*entrypoint);
    if (words.size() == 1) service.command.emplace();
  }
  if (!arguments.flag("service-ports")) service.ports.clear();
  for (const auto& text : arguments.list("publish"))
    for (const auto& parsed : manifest::syntax::parse_ports(text)) service.ports.push_back(port_of(parsed));
  for (const auto& text : arguments.list("volume")) service.volumes.push_back(mount_of(context, text));
  for (const auto& word : arguments.list("label")) {
    const auto [key, value] = key_and_value(word);
    service.labels[key] = value;
  }
  for (const auto& name_of : arguments.list("cap-add")) service.cap_add.push_back(name_of);
  for (const auto& name_of : arguments.list("cap-drop")) service.cap_drop.push_back(name_of);
  add_environment(context, arguments, service);
  service.user = arguments.text_or("user", service.user);
  service.working_dir = arguments.text_or("workdir", service.working_dir);
  return service;
}

plan::Plan one_off_plan(plan::Plan plan, const std::string& service, const std::string& slug,
                        UseAliases aliases) {
  namespace labels = plan::labels;
  std::map<plan::StepId, plan::StepId> renumbered;
  std::vector<plan::Step> kept;
  const auto only_own = [&](engine::EndpointSpec& endpoint, const std::string& name) {
    if (aliases == UseAliases::no)
      std::erase_if(endpoint.aliases, [&](const std::string& alias) { return alias != name; });
  };
  for (auto& step : plan.steps) {
    if (belongs_to(step.action, service)) continue;
    if (auto* create = std::get_if<plan::CreateContainer>(&step.action);
        create != nullptr && create->container.service == service) {
      create->spec.labels[labels::oneoff] = "True";
      create->spec.labels.erase(labels::container_number);
      step.display.reset();  // its output is what counts
      create->spec.labels[labels::slug] = slug;
      create->spec.labels.erase(labels::container_number);
      step.display.reset();  // what it writes is what there is to see
      for (auto& endpoint : create->spec.endpoints) only_own(endpoint, create->spec.name);
    }
    if (auto* connect = std::get_if<plan::ConnectNetwork>(&step.action);
        connect != nullptr && connect->container.service == service)
      only_own(connect->endpoint, connect->container.name);
    std::vector<plan::StepId> before;
    for (const auto id : step.depends_on)
      if (const auto found = renumbered.find(id); found != renumbered.end()) before.push_back(found->second);
    const auto id = static_cast<plan::StepId>(kept.size() + 1);
    renumbered[step.id] = id;
    step.id = id;
    step.depends_on = std::move(before);
    kept.push_back(std::move(step));
  }
  plan.steps = std::move(kept);
  return plan;
}

}  // namespace crstack::cli
