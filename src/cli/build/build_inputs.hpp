// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/build/build_context.hpp"
#include "cli/context.hpp"
#include "crstack/base/environment.hpp"
#include "crstack/engine/spec.hpp"
#include "crstack/plan/plan.hpp"

/// What a build of the engine's own needs beside its context (Compose Build Specification).
namespace crstack::cli {

/// Build arguments; those without a value take the caller's, as docker compose does.
std::map<std::string, std::optional<std::string>> resolved_args(const project::Build& build,
                                                                const Environment& environment);

/// `cache_from` as the names of images, which is all that the engine's builders take.
std::vector<std::string> cached_images(const std::vector<std::string>& cache_from);

/// A build whose `additional_contexts` have become stages of its Dockerfile.
struct PreparedBuild {
  project::Build build;
  std::vector<ExtraDirectory> directories;
};

/// `additional_contexts` are stages that the Dockerfile names and doesn't have: each is put in front of the
/// first FROM. Throws Error for a source that no stage can be made of.
PreparedBuild with_contexts(const project::Build& build, const project::Project& project);

/// The secrets' contents and the SSH agents. `ssh`: of the command line.
void add_session_inputs(engine::BuildSpec& spec, const project::Build& build, const std::string& ssh,
                        Context& context);

/// Throws Error for what this builder can't do: nothing is left out silently.
void refuse_what_cannot_be(const plan::BuildImage& step, engine::BuildSpec::Builder builder);

}  // namespace crstack::cli
