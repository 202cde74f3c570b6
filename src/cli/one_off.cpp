// SPDX-License-Identifier: MIT
#include "cli/one_off.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
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

/// What an option says in one of the manifest's short forms.
template <typename Read>
auto read_option(const std::string& option, const std::string& text, Read read) {
  try {
    return read(text);
  } catch (const manifest::syntax::SyntaxError& error) {
    throw Error("invalid argument \"" + text + "\" for --" + option + ": " + error.what());
  }
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
  const auto parsed = read_option("volume", text, manifest::syntax::parse_mount);
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
  if (mount.type == "bind")
    mount.source = (std::filesystem::path(context.current_directory()) / mount.source).lexically_normal();
  return mount;
}

/// The variables of an env file; relative values come from the caller's environment.
manifest::EnvFile read_env_file(const Context& context, const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file)
    throw UsageError("open " + path + ": " +
                     (errno == ENOENT ? "no such file or directory" : std::strerror(errno)));
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
    if (word != key)
      service.environment[key] = value;
    else
      service.environment.try_emplace(key, std::nullopt);  // unset here: the service's own value stays
  }
}

bool belongs_to(const plan::Action& action, const std::string& service) {
  if (const auto* start = std::get_if<plan::StartContainer>(&action))
    return start->container.service == service;
  if (const auto* hook = std::get_if<plan::RunHook>(&action)) return hook->container.service == service;
  const auto* gate = std::get_if<plan::WaitForCondition>(&action);
  return gate != nullptr && gate->service == service;
}

/// Whether a step makes the service's own container.
bool makes(const plan::Action& action, const std::string& service) {
  const auto of = [&](const auto* step) { return step != nullptr && step->container.service == service; };
  return of(std::get_if<plan::CreateContainer>(&action)) || of(std::get_if<plan::ConnectNetwork>(&action)) ||
         of(std::get_if<plan::CopyFiles>(&action));
}

/// Makes of a service's container a one-off.
void mark(plan::Step& step, const std::string& slug, UseAliases aliases) {
  namespace labels = plan::labels;
  const auto only_own = [&](engine::EndpointSpec& endpoint, const std::string& name) {
    if (aliases == UseAliases::no)
      std::erase_if(endpoint.aliases, [&](const std::string& alias) { return alias != name; });
  };
  if (auto* create = std::get_if<plan::CreateContainer>(&step.action)) {
    auto& spec = create->spec.edit();
    spec.labels[labels::oneoff] = "True";
    spec.labels.erase(labels::container_number);
    spec.labels[labels::slug] = slug;
    step.display.reset();  // what it writes is what there is to see
    for (auto& endpoint : spec.endpoints) only_own(endpoint, spec.name);
  }
  if (auto* connect = std::get_if<plan::ConnectNetwork>(&step.action))
    only_own(connect->endpoint, connect->container.name);
}

/// Steps that have been taken out or moved are nobody's any more.
std::vector<plan::Step> renumbered(std::vector<plan::Step> steps) {
  std::map<plan::StepId, plan::StepId> numbers;
  plan::StepId next = 1;
  for (auto& step : steps) {
    std::vector<plan::StepId> before;
    for (const auto id : step.depends_on)
      if (const auto found = numbers.find(id); found != numbers.end()) before.push_back(found->second);
    numbers[step.id] = next;
    step.id = next++;
    step.depends_on = std::move(before);
  }
  return steps;
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
    service.entrypoint = read_option("entrypoint", *entrypoint, manifest::syntax::split_command);
    if (words.size() == 1) service.command.emplace();
  }
  if (!arguments.flag("service-ports")) service.ports.clear();
  for (const auto& text : arguments.list("publish"))
    for (const auto& parsed : read_option("publish", text, manifest::syntax::parse_ports))
      service.ports.push_back(port_of(parsed));
  for (const auto& text : arguments.list("volume")) service.volumes.push_back(mount_of(context, text));
  for (const auto& word : arguments.list("label")) {
    const auto [key, value] = key_and_value(word);
    if (key == word) throw UsageError("label must be set as KEY=VALUE", "Not as " + word + ".");
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
  std::vector<plan::Step> kept, own;
  std::vector<plan::StepId> gates;
  for (auto& step : plan.steps) {
    if (std::holds_alternative<plan::StartContainer>(step.action) && belongs_to(step.action, service))
      gates.insert(gates.end(), step.depends_on.begin(), step.depends_on.end());
    if (belongs_to(step.action, service)) continue;
    (makes(step.action, service) ? own : kept).push_back(std::move(step));
  }
  for (auto& step : own) {
    mark(step, slug, aliases);
    if (std::holds_alternative<plan::CreateContainer>(step.action))
      step.depends_on.insert(step.depends_on.end(), gates.begin(), gates.end());
    kept.push_back(std::move(step));
  }
  plan.steps = renumbered(std::move(kept));
  return plan;
}

}  // namespace crstack::cli
