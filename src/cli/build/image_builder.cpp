// SPDX-License-Identifier: MIT
#include "cli/build/image_builder.hpp"

#include "cli/build/buildx.hpp"
#include "cli/build/engine_builder.hpp"
#include "cli/screen.hpp"
#include "crstack/base/error.hpp"
#include "crstack/engine/docker_settings.hpp"

namespace crstack::cli {
namespace {

// Builders are buildx's, but for the one that every engine has.
bool is_own(const std::string& builder) {
  return builder.empty() || builder == "default";
}

constexpr const char* bake_without = "Docker Compose is configured to build using Bake, but ";

}  // namespace

// As docker compose decides it, with its warnings.
std::unique_ptr<exec::ImageBuilder> make_image_builder(Context& context, BuildSettings settings) {
  using Builder = engine::BuildSpec::Builder;
  settings.records = context.screen().mode == ui::ProgressMode::json;
  const auto& environment = context.environment();
  settings.quiet = settings.quiet || (!context.global().given("progress") &&
                                      variable(environment, "BUILDKIT_PROGRESS") == "quiet");
  const bool bake = !switched_off(environment, "COMPOSE_BAKE");
  std::string remark = bake ? ""
                            : "COMPOSE_BAKE=false is deprecated, support for internal compose builder will "
                              "be removed in next release";
  if (switched_off(environment, "DOCKER_BUILDKIT")) {
    if (bake) remark = std::string(bake_without) + "buildkit isn't enabled";
    return make_engine_builder(context, Builder::classic, std::move(settings), remark);
  }
  auto buildx = engine::find_plugin("docker-buildx", context.engine_environment());
  if (buildx.empty() && bake) remark = std::string(bake_without) + "buildx isn't installed";
  if (!buildx.empty() && (bake || !is_own(settings.builder)))
    return make_buildx_builder(context, std::move(buildx), std::move(settings));
  if (!is_own(settings.builder))
    throw Error("no builder \"" + settings.builder + "\" found",
                "Builders need docker buildx, which isn't installed.");
  return make_engine_builder(context, Builder::buildkit, std::move(settings), remark);
}

}  // namespace crstack::cli
