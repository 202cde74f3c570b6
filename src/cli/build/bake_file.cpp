// SPDX-License-Identifier: MIT
#include "cli/build/bake_file.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "cli/build/build_context.hpp"
#include "crstack/plan/container_spec.hpp"

namespace crstack::cli {
namespace {

using Fields = std::vector<std::pair<std::string, Value>>;

// Bake would take `${…}` and `%{…}` for its own.
Value literal(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool opens = (text[i] == '$' || text[i] == '%') && i + 1 < text.size() && text[i + 1] == '{';
    result.append(opens ? 2 : 1, text[i]);
  }
  return result;
}

void add_text(Fields& fields, const std::string& name, const std::string& text) {
  if (!text.empty()) fields.emplace_back(name, literal(text));
}

void add_list(Fields& fields, const std::string& name, const std::vector<std::string>& texts) {
  if (texts.empty()) return;
  std::vector<Value> items;
  for (const auto& text : texts) items.push_back(literal(text));
  fields.emplace_back(name, Value::list(std::move(items)));
}

void add_map(Fields& fields, const std::string& name, const std::map<std::string, std::string>& texts) {
  if (texts.empty()) return;
  Fields entries;
  for (const auto& [key, text] : texts) entries.emplace_back(key, literal(text));
  fields.emplace_back(name, Value::record(std::move(entries)));
}

std::map<std::string, std::string> args_of(const project::Build& build, const Environment& environment) {
  std::map<std::string, std::string> args;
  for (const auto& [name, value] : build.args) {
    const auto found = environment.find(name);
    if (value) {
      args[name] = *value;
    } else if (found != environment.end()) {
      args[name] = found->second;
    }
  }
  return args;
}

// Those of the command line are buildx's own options.
std::vector<std::string> attestations(const project::Build& build) {
  std::vector<std::string> all;
  const auto add = [&](const std::string& type, const std::string& value) {
    if (value == "false") {
      all.push_back("type=" + type + ",disabled=true");
    } else if (!value.empty()) {
      all.push_back("type=" + type + (value == "true" ? "" : "," + value));
    }
  };
  add("provenance", build.provenance);
  add("sbom", build.sbom);
  return all;
}

std::vector<std::string> ssh_of(const project::Build& build, const std::string& more) {
  auto all = build.ssh;
  if (!more.empty()) all.push_back(more);
  for (auto& key : all)
    if (key.find('=') == std::string::npos) key += "=";
  return all;
}

std::vector<std::string> ulimits_of(const project::Build& build) {
  std::vector<std::string> all;
  for (const auto& [name, limit] : build.ulimits)
    all.push_back(name + "=" + std::to_string(limit.soft) +
                  (limit.soft == limit.hard ? "" : ":" + std::to_string(limit.hard)));
  return all;
}

std::vector<std::string> secrets_of(const project::Build& build, const project::Project& project) {
  std::vector<std::string> all;
  for (const auto& reference : build.secrets) {
    const auto found = project.secrets.find(reference.source);
    if (found == project.secrets.end() || found->second.external) continue;
    const auto& secret = found->second;
    const auto id = "id=" + (reference.target.empty() ? reference.source : reference.target);
    all.push_back(secret.environment.empty() ? id + ",type=file,src=" + secret.file
                                             : id + ",type=env,env=" + secret.environment);
  }
  return all;
}

std::map<std::string, std::string> contexts_of(const project::Build& build, const project::Project& project,
                                               const std::set<std::string>& targets) {
  auto contexts = build.additional_contexts;
  for (auto& [name, source] : contexts) {
    if (!source.starts_with("service:")) continue;
    const auto found = project.services.find(source.substr(8));
    if (found == project.services.end()) continue;
    source = targets.contains(found->first) ? "target:" + target_name(found->first)
                                            : "docker-image://" + plan::image_name(project, found->second);
  }
  return contexts;
}

// `name=address` or `name:address`, by name.
std::map<std::string, std::string> hosts_of(const project::Build& build) {
  std::map<std::string, std::string> hosts;
  for (const auto& host : build.extra_hosts) {
    const auto end = host.find_first_of("=:");
    if (end == std::string::npos) continue;
    auto& addresses = hosts[host.substr(0, end)];
    addresses += (addresses.empty() ? "" : ",") + host.substr(end + 1);
  }
  return hosts;
}

void add_once(std::vector<std::string>& all, bool needed, const char* entitlement) {
  if (needed && std::find(all.begin(), all.end(), entitlement) == all.end()) all.emplace_back(entitlement);
}

std::vector<std::string> entitlements_in_file(const project::Build& build) {
  auto all = build.entitlements;
  add_once(all, build.privileged, "security.insecure");
  return all;
}

void add_dockerfile(Fields& target, const project::Build& build) {
  if (!build.dockerfile_inline.empty()) {
    add_text(target, "dockerfile-inline", build.dockerfile_inline);
  } else if (is_remote_context(build.context)) {
    add_text(target, "dockerfile", build.dockerfile);
  } else {
    const std::string name = build.dockerfile.empty() ? "Dockerfile" : build.dockerfile;
    add_text(target, "dockerfile", (std::filesystem::path(build.context) / name).lexically_normal().string());
  }
}

std::vector<std::string> with(std::vector<std::string> texts, const std::string& more) {
  if (!more.empty()) texts.push_back(more);
  return texts;
}

// An image without a name of its own is never pushed; one for several platforms doesn't fit into the engine.
std::string output_of(const plan::BuildImage& step, const BuildSettings& settings,
                      const project::Project& project) {
  const auto service = project.services.find(step.service);
  const bool named = service != project.services.end() && !service->second.image.empty();
  const bool push = settings.push && named;
  if (step.platform.empty() && step.build->platforms.size() > 1)
    return std::string("type=image,push=") + (push ? "true" : "false");
  return push ? "type=registry" : "type=docker";
}

Value target_of(const plan::BuildImage& step, const BuildSettings& settings, const Environment& environment,
                const project::Project& project, const std::set<std::string>& targets) {
  const auto& build = *step.build;
  Fields target;
  add_text(target, "context", build.context);
  add_map(target, "contexts", contexts_of(build, project, targets));
  add_dockerfile(target, build);
  add_map(target, "args", args_of(build, environment));
  add_map(target, "labels", build.labels);
  add_list(target, "tags", with(build.tags, step.image));
  add_list(target, "cache-from", build.cache_from);
  add_list(target, "cache-to", build.cache_to);
  add_text(target, "target", build.target);
  add_list(target, "secret", secrets_of(build, project));
  add_list(target, "ssh", ssh_of(build, settings.ssh));
  add_list(target, "platforms", step.platform.empty() ? build.platforms : std::vector{step.platform});
  if (build.pull) target.emplace_back("pull", true);
  if (build.no_cache) target.emplace_back("no-cache", true);
  add_text(target, "network", build.network);
  if (build.shm_size) target.emplace_back("shm-size", std::to_string(*build.shm_size));
  add_list(target, "ulimits", ulimits_of(build));
  if (settings.check) add_text(target, "call", "lint");
  add_list(target, "entitlements", entitlements_in_file(build));
  add_map(target, "extra-hosts", hosts_of(build));
  if (!settings.check) add_list(target, "output", {output_of(step, settings, project)});
  add_list(target, "attest", attestations(build));
  return Value::record(std::move(target));
}

}  // namespace

std::string target_name(std::string service) {
  std::replace(service.begin(), service.end(), '.', '_');
  return service;
}

std::vector<std::string> entitlements_of(const project::Build& build) {
  auto all = entitlements_in_file(build);
  add_once(all, build.network == "host", "network.host");
  return all;
}

Value bake_file(const std::vector<plan::BuildImage>& steps, const BuildSettings& settings,
                const Environment& environment, const project::Project& project) {
  std::set<std::string> names;
  for (const auto& step : steps) names.insert(step.service);
  std::vector<Value> group;
  std::map<std::string, Value> targets;
  for (const auto& step : steps) {
    group.emplace_back(target_name(step.service));
    targets[target_name(step.service)] = target_of(step, settings, environment, project, names);
  }
  const auto whole = Value::record({{"targets", Value::list(std::move(group))}});
  return Value::record({{"group", Value::record({{"default", whole}})},
                        {"target", Value::record({targets.begin(), targets.end()})}});
}

}  // namespace crstack::cli
