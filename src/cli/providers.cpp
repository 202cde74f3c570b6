// SPDX-License-Identifier: MIT
#include "cli/providers.hpp"

#include "cli/given_service.hpp"
#include "cli/without_end.hpp"
#include "crstack/manifest/node.hpp"

namespace crstack::cli {
namespace {

using manifest::Node;
using Variables = std::map<std::string, std::string>;

/// The service as docker compose hashes it: with what its providers have set.
Node with_variables(Node service, const Variables& variables) {
  Node& environment = environment_of(service);
  for (const auto& [name, value] : variables) environment.set(name, Node::string(value));
  return service;
}

void give(project::Service& service, const Variables& variables, const Node* node) {
  for (const auto& [name, value] : variables) service.environment[name] = value;
  if (node != nullptr && !service.config_hash.empty()) rehash(service, with_variables(*node, variables));
}

}  // namespace

std::optional<exec::RunResult> provide_variables(Context& context, Situation& situation,
                                                 plan::UpOptions& options, const RunOptions& run_options) {
  const auto plan = plan::plan_providers(*situation.project, situation.state, options);
  if (plan.empty() || context.dry_run()) return std::nullopt;
  auto provider_options = run_options;
  WithoutEnd sink(run_options.sink != nullptr ? *run_options.sink : context.events());
  provider_options.sink = &sink;
  provider_options.lock.reset();
  auto result = carry_out(context, plan, provider_options);
  const auto& model = context.load(options.services).model;
  const Node* services = model ? model->find("services") : nullptr;
  for (const auto& step : plan.steps) options.provided.insert(plan::service_of(step.action));
  for (auto& [name, service] : situation.project.edit().services) {
    Variables variables;
    for (const auto& [dependency, how] : service.depends_on)
      if (const auto set = result.provided.find(dependency); set != result.provided.end())
        variables.insert(set->second.begin(), set->second.end());
    if (!variables.empty()) give(service, variables, services != nullptr ? services->find(name) : nullptr);
  }
  return result;
}

}  // namespace crstack::cli
