// SPDX-License-Identifier: MIT
#pragma once

#include "crstack/plan/container_spec.hpp"

/// container_recipe in parts, each of which fills what it is named after.
namespace crstack::plan {

/// What the parts share. Lives for one call of container_recipe.
struct RecipeContext {
  const project::Project& project;
  const project::Service& service;
  const ContainerIdentity& identity;
};

void fill_resources(const project::Service& service, engine::ContainerSpec& spec);
void fill_storage(const RecipeContext& context, ContainerRecipe& recipe);
void fill_files(const RecipeContext& context, ContainerRecipe& recipe);
void fill_networking(const RecipeContext& context, ContainerRecipe& recipe);

/// `service:NAME` as `container:…`; anything else as it is.
std::string resolve_shared(const RecipeContext& context, const std::string& mode);

}  // namespace crstack::plan
