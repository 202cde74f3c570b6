// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crstack/manifest/load.hpp"

/// What `config` can tell about a manifest beside its canonical form.
namespace crstack::manifest {

/// A variable that a manifest uses.
struct VariableInfo {
  std::string name;
  bool required = false;
  std::string default_value;   ///< of `${NAME:-word}`
  std::string presence_value;  ///< of `${NAME:+word}`
};

/// The variables of a tree that was loaded without interpolation, sorted by name.
std::vector<VariableInfo> used_variables(const Node& model);

/// A model with the named services and what they depend on, and only what these use.
/// Throws UsageError for a service that is not there.
std::shared_ptr<const Node> select_services(const Node& model, const std::vector<std::string>& services);

/// One place that has a say in a value, in the order of precedence: a later one wins.
struct ExplainStep {
  project::SourceLocation where;
  std::string text;     ///< what stands there; empty for a map or a list
  std::string through;  ///< why this place counts: "extends of service base", …; may be empty
  std::vector<std::string>
      variables;  ///< `TAG from the environment`, `TAG from .env`, `TAG not set: default used`
};

struct Explanation {
  std::vector<ExplainStep> steps;
  bool found = false;                           ///< the canonical manifest has the value
  std::string value;                            ///< as text; empty for a map or a list
  std::optional<project::SourceLocation> from;  ///< the place of the winner; nothing for a default
};

/// Where the value at `path` (`services.web.image`, `services.web.ports[0]`) comes from. Throws what `load`
/// throws.
Explanation explain(const LoadOptions& options, const std::string& path);

}  // namespace crstack::manifest
