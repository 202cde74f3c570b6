// SPDX-License-Identifier: MIT
#include <fstream>
#include <set>
#include <sstream>

#include "crstack/base/text.hpp"
#include "crstack/plan/labels.hpp"
#include "crstack/plan/planners.hpp"
#include "recipe_parts.hpp"

namespace crstack::plan {

namespace {

using project::Project;
using project::Service;

/// Without what the active profiles leave out, as docker compose writes it.
std::string depends_on_label(const Project& project, const Service& service) {
  std::vector<std::string> entries;
  for (const auto& [name, dependency] : service.depends_on) {
    if (project.disabled_services.contains(name)) continue;
    entries.push_back(name + ":" + project::to_string(dependency.condition) +
                      (dependency.restart ? ":true" : ":false"));
  }
  return join(entries, ",");
}

void fill_labels(const RecipeContext& context, engine::StringMap& labels) {
  const auto& [project, service, identity] = context;
  labels = service.labels;
  labels[labels::project] = project.name;
  labels[labels::service] = service.name;
  labels[labels::version] = labels::version_value;
  labels[labels::working_dir] = project.working_dir;
  labels[labels::config_files] = join(project.config_files, ",");
  if (!project.environment_files.empty()) {
    labels[labels::environment_file] = join(project.environment_files, ",");
  }
  labels[labels::config_hash] = service.config_hash;
  labels[labels::depends_on] = depends_on_label(project, service);
  labels[labels::oneoff] = identity.slug.empty() ? "False" : "True";
  if (!identity.slug.empty()) labels[labels::slug] = identity.slug;
  if (identity.slug.empty()) labels[labels::container_number] = std::to_string(identity.number);
  if (!identity.image_id.empty()) labels[labels::image] = identity.image_id;
  if (identity.temporary_name.empty()) return;
  labels[labels::replace] = service.container_name.empty()
                                ? service.name + "-" + std::to_string(identity.number)
                                : service.container_name;
}

std::optional<engine::HealthSpec> health(const RecipeContext& context) {
  const auto& check = context.service.healthcheck;
  if (!check) return std::nullopt;
  engine::HealthSpec spec;
  if (check->disable) {
    spec.test = {"NONE"};
    return spec;
  }
  spec.test = check->test;
  spec.interval = check->interval;
  spec.timeout = check->timeout;
  spec.start_period = check->start_period;
  spec.retries = check->retries;
  if (context.identity.api_version >= 1044) {
    spec.start_interval = check->start_interval;
  } else if (check->start_interval) {
    throw PlanError(
        "can't set healthcheck.start_interval as feature require Docker Engine v25 or later",
        "Service " + context.service.name + " has one, and this engine speaks an API before 1.44.");
  }
  return spec;
}

void fill_environment(const Service& service, engine::StringList& environment) {
  for (const auto& [name, value] : service.environment) {
    environment.push_back(value ? name + "=" + *value : name);
  }
}

engine::RestartPolicySpec restart_policy(const Service& service) {
  engine::RestartPolicySpec policy;
  const auto parts = split(service.restart, ':');
  if (!service.restart.empty()) policy.name = parts[0];
  if (parts.size() > 1) policy.maximum_retry_count = std::atoi(parts[1].c_str());
  if (service.restart_policy) {
    policy.name = service.restart_policy->condition;
    policy.maximum_retry_count = static_cast<int>(service.restart_policy->max_attempts.value_or(0));
  }
  if (policy.name == "none") policy.name = "no";
  if (policy.name == "any") policy.name = "always";
  return policy;
}

/// JSON without the blanks between its tokens.
std::string compact_json(const std::string& text) {
  std::string out;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && quoted) {
      out += text.substr(i++, 2);
      continue;
    }
    if (c == '"') quoted = !quoted;
    if (quoted || !(c == ' ' || c == '\n' || c == '\t' || c == '\r')) out += c;
  }
  return out;
}

std::string security_option(const Project& project, const std::string& option) {
  const auto at = option.find_first_of("=:");
  if (at == std::string::npos || option.substr(0, at) != "seccomp") return option;
  const std::string profile = option.substr(at + 1);
  if (profile == "unconfined" || profile == "builtin") return option;
  const std::string path = profile.starts_with('/') ? profile : project.working_dir + "/" + profile;
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw PlanError("The seccomp profile " + path + " can't be read.");
  return "seccomp=" + compact_json(text.str());
}

/// As the engine's newer versions write them: `CAP_NET_ADMIN` and `ALL`, in order, each once.
std::vector<std::string> capabilities(const std::vector<std::string>& names) {
  std::set<std::string> full;
  for (std::string name : names) {
    for (char& c : name)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    full.insert(name == "ALL" || name.starts_with("CAP_") ? name : "CAP_" + name);
  }
  return {full.begin(), full.end()};
}

void fill_security(const RecipeContext& context, engine::ContainerSpec& spec) {
  const auto& service = context.service;
  spec.privileged = service.privileged;
  spec.read_only_rootfs = service.read_only;
  spec.cap_add = capabilities(service.cap_add);
  spec.cap_drop = capabilities(service.cap_drop);
  spec.group_add = service.group_add;
  spec.userns_mode = service.userns_mode;
  spec.cgroupns_mode = service.cgroup;
  for (const auto& option : service.security_opt) {
    if (option == "systempaths=unconfined") {
      spec.unconfined_system_paths = true;
    } else {
      spec.security_opt.push_back(security_option(context.project, option));
    }
  }
}

void fill_process(const RecipeContext& context, ContainerRecipe& recipe) {
  const auto& service = context.service;
  auto& spec = recipe.spec;
  spec.command = service.command;
  spec.entrypoint = service.entrypoint;
  fill_environment(service, spec.environment);
  spec.annotations = service.annotations;
  spec.working_dir = service.working_dir;
  spec.user = service.user;
  spec.hostname = service.hostname;
  spec.domainname = service.domainname;
  spec.stop_signal = service.stop_signal;
  if (service.stop_grace_period) {
    spec.stop_timeout = std::chrono::duration_cast<std::chrono::seconds>(*service.stop_grace_period).count();
  }
  spec.tty = service.tty;
  spec.open_stdin = service.stdin_open;
  spec.attach_output = true;
  spec.health = health(context);
  spec.restart = restart_policy(service);
  spec.init = service.init;
  spec.runtime = service.runtime;
  spec.isolation = service.isolation;
  spec.uts_mode = service.uts;
  spec.ipc_mode = resolve_shared(context, service.ipc);
  spec.pid_mode = resolve_shared(context, service.pid);
  if (service.logging) {
    spec.log_driver = service.logging->driver;
    spec.log_options = service.logging->options;
  }
}

}  // namespace

std::string resolve_shared(const RecipeContext& context, const std::string& mode) {
  constexpr std::string_view prefix = "service:";
  if (!mode.starts_with(prefix)) return mode;
  const std::string target = mode.substr(prefix.size());
  const auto names =
      context.identity.containers_of ? context.identity.containers_of(target) : std::vector<std::string>{};
  if (names.empty()) {
    const char* what = &mode == &context.service.ipc   ? "IPC namespace"
                       : &mode == &context.service.pid ? "PID namespace"
                                                       : "network namespace";
    throw PlanError(std::string("cannot share ") + what + " with service " + target + ": container missing",
                    "Service " + context.service.name + " needs it: start " + target + " first.");
  }
  return "container:" + names.front();
}

std::string platform_of(const Project& project, const Service& service) {
  if (!service.platform.empty()) return service.platform;
  const auto found = project.environment.find("DOCKER_DEFAULT_PLATFORM");
  return found == project.environment.end() ? "" : found->second;
}

ContainerRecipe container_recipe(const Project& project, const Service& service,
                                 const ContainerIdentity& identity) {
  const RecipeContext context{project, service, identity};
  ContainerRecipe recipe;
  auto& spec = recipe.spec;
  spec.name = identity.temporary_name.empty() ? identity.name : identity.temporary_name;
  spec.image = image_name(project, service);
  spec.platform = platform_of(project, service);
  fill_labels(context, spec.labels);
  fill_process(context, recipe);
  fill_security(context, spec);
  fill_resources(service, spec);
  fill_storage(context, recipe);
  fill_files(context, recipe);
  fill_networking(context, recipe);
  return recipe;
}

}  // namespace crstack::plan
