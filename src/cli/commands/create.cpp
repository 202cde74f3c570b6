// SPDX-License-Identifier: MIT
#include "cli/build/image_builder.hpp"
#include "cli/commands/commands.hpp"
#include "cli/models.hpp"
#include "cli/providers.hpp"
#include "cli/run_plan.hpp"
#include "cli/up_options.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"--build", Takes::flag, "", "Build images before creating containers", ""},
    {"--force-recreate", Takes::flag, "", "Recreate containers even if nothing has changed", ""},
    {"--no-build", Takes::flag, "", "Don't build an image, whatever its policy", ""},
    {"--no-recreate", Takes::flag, "", "Leave containers that exist as they are", ""},
    {"--pull", Takes::text, "string", "Pull images before running (default \"policy\")",
     "always missing never build"},
    {"--quiet-pull", Takes::flag, "", "Show no progress of pulls", ""},
    {"--remove-orphans", Takes::flag, "", "Remove containers of services that the manifest does not have",
     ""},
    {"--scale", Takes::list, "scale", "Number of a service's containers, SERVICE=NUMBER", ""},
    {"-y,--yes", Takes::flag, "", "Answer yes to all questions", ""},
    {"--y", Takes::flag, "", "--y is deprecated, please use --yes instead", "", Shown::hidden, "yes"},
};

int run(Context& context, const Arguments& arguments) {
  auto options = up_options_of(context, arguments);
  context.require_distinct_container_names();
  require_manifest(context, options.services);
  auto situation = hold_and_look(context, options.services, plan::ObserveOptions::Depth::everything);
  require_services(situation, options.services);
  options.orphans = orphans_of(context, arguments, RemovedBy::option);  // .env is read by now
  ask_about_changes(context, situation, answer_of(arguments), options);
  provide_models(context, situation.project, options.services);
  const auto builder = make_image_builder(context, {});
  RunOptions run_options{{}, {}, builder.get()};
  if (arguments.flag("quiet-pull")) run_options.transfers = RunOptions::Transfers::hide;
  if (const auto provided = provide_variables(context, situation, options, run_options);
      provided && !provided->ok())
    return static_cast<int>(ExitCode::failure);
  return run_plan(context, plan::plan_create(*situation.project, situation.state, options), run_options);
}

}  // namespace

constinit const Command create_command{
    .name = "create",
    .aliases = "",
    .synopsis = "[OPTIONS] [SERVICE...]",
    .summary = "Create containers without starting them",
    .details = "",
    .options = options,
    .run = run,
    .effect = Effect::changes,
    .title = "Creating",
};

}  // namespace crstack::cli
