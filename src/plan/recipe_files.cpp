// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdlib>

#include "crstack/plan/planners.hpp"
#include "recipe_parts.hpp"

namespace crstack::plan {

namespace {

using project::FileObject;
using project::FileReference;

struct Kind {
  const char* word;
  std::string directory;  ///< where a relative target goes
  const std::map<std::string, FileObject>& objects;
};

std::string target_path(const Kind& kind, const FileReference& reference) {
  const std::string& name = reference.target.empty() ? reference.source : reference.target;
  return name.starts_with('/') ? name : kind.directory + name;
}

const FileObject& object_of(const Kind& kind, const FileReference& reference, const std::string& service) {
  const auto found = kind.objects.find(reference.source);
  if (found == kind.objects.end()) {
    throw PlanError("Service " + service + " uses the " + kind.word + " " + reference.source +
                    ", which the manifest does not define.");
  }
  if (found->second.external) {
    throw PlanError("unsupported external " + std::string(kind.word) + " " + found->second.name,
                    "Only a swarm can hand that out: give it a file, content or environment.");
  }
  return found->second;
}

std::string content_of(const RecipeContext& context, const Kind& kind, const FileObject& object) {
  if (object.content) return *object.content;
  const auto found = context.project.environment.find(object.environment);
  if (found != context.project.environment.end()) return found->second;
  throw PlanError("environment variable \"" + object.environment + "\" required by " + kind.word + " \"" +
                  object.name + "\" is not set");
}

void add_bind(const RecipeContext& context, const Kind& kind, const FileReference& reference,
              const FileObject& object, ContainerRecipe& recipe) {
  if (!reference.uid.empty() || !reference.gid.empty() || reference.mode) {
    const bool secret = kind.word == std::string("secret");
    recipe.warnings.push_back(
        std::string(secret ? "secrets" : "config") +
        " `uid`, `gid` and `mode` are not supported, they will be ignored: " + reference.source +
        " of service " + context.service.name + " is a file of the host");
  }
  engine::MountSpec mount;
  mount.type = "bind";
  mount.source = object.file;
  mount.target = target_path(kind, reference);
  mount.read_only = true;
  if (&kind.objects == &context.project.configs) mount.options = engine::MountSpec::Options::none;
  const auto& mounts = recipe.spec.mounts;
  const bool taken = std::any_of(mounts.begin(), mounts.end(),
                                 [&](const auto& other) { return other.target == mount.target; });
  if (!taken) recipe.spec.mounts.push_back(mount);
}

void add_injected(const RecipeContext& context, const Kind& kind, const FileReference& reference,
                  const FileObject& object, ContainerRecipe& recipe) {
  if (context.service.read_only) {
    throw PlanError("cannot create " + std::string(kind.word) + " \"" + object.name +
                        "\" in read-only service " + context.service.name +
                        ": `file` is the sole supported option",
                    std::string("Give the ") + kind.word + " as a file, which is mounted instead.");
  }
  InjectedFile file;
  file.path = target_path(kind, reference);
  file.content = content_of(context, kind, object);
  file.uid = std::atoi(reference.uid.c_str());
  file.gid = std::atoi(reference.gid.c_str());
  file.mode = reference.mode.value_or(0444);
  recipe.files.push_back(std::move(file));
}

void add_all(const RecipeContext& context, const Kind& kind, const std::vector<FileReference>& references,
             ContainerRecipe& recipe) {
  for (const auto& reference : references) {
    const auto& object = object_of(kind, reference, context.service.name);
    const auto add = object.file.empty() ? add_injected : add_bind;
    add(context, kind, reference, object, recipe);
  }
}

}  // namespace

void fill_files(const RecipeContext& context, ContainerRecipe& recipe) {
  add_all(context, {"secret", "/run/secrets/", context.project.secrets}, context.service.secrets, recipe);
  add_all(context, {"config", "/", context.project.configs}, context.service.configs, recipe);
}

}  // namespace crstack::plan
