// SPDX-License-Identifier: MIT
#include <set>

#include "cli/build/image_builder.hpp"
#include "cli/commands/commands.hpp"
#include "cli/foreground/attached_up.hpp"
#include "cli/models.hpp"
#include "cli/providers.hpp"
#include "cli/remote/remote_consent.hpp"
#include "cli/run_plan.hpp"
#include "cli/screen.hpp"
#include "cli/up_options.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"--abort-on-container-exit", Takes::flag, "", "Stop all containers as soon as one stops", ""},
    {"--abort-on-container-failure", Takes::flag, "", "Stop all containers as soon as one fails", ""},
    {"--always-recreate-deps", Takes::flag, "", "Recreate dependencies as well", ""},
    {"--attach", Takes::list, "stringArray", "Follow the logs of these services only", ""},
    {"--attach-dependencies", Takes::flag, "", "Follow the logs of dependencies as well", ""},
    {"--build", Takes::flag, "", "Build images before starting containers", ""},
    {"-d,--detach", Takes::flag, "", "Leave the containers running in the background", ""},
    {"--exit-code-from", Takes::text, "string",
     "Return this service's exit code; implies --abort-on-container-exit", ""},
    {"--force-recreate", Takes::flag, "", "Recreate containers even if nothing has changed", ""},
    {"--menu", Takes::flag, "", "Accepted and not used: there is no menu", ""},
    {"--no-attach", Takes::list, "stringArray", "Don't follow the logs of these services", ""},
    {"--no-build", Takes::flag, "", "Don't build an image, whatever its policy", ""},
    {"--no-color", Takes::flag, "", "Logs without colours", ""},
    {"--no-deps", Takes::flag, "", "Don't start the services that these depend on", ""},
    {"--no-log-prefix", Takes::flag, "", "Logs without the containers' names", ""},
    {"--no-recreate", Takes::flag, "", "Leave containers that exist as they are", ""},
    {"--no-start", Takes::flag, "", "Create the containers only", ""},
    {"--probe", Takes::text, "string", "Who finds out that a service is healthy (default \"own\")",
     "own engine"},
    {"--pull", Takes::text, "string", "Pull images before running (default \"policy\")",
     "always missing never build"},
    {"--quiet-build", Takes::flag, "", "Show no output of builds", ""},
    {"--quiet-pull", Takes::flag, "", "Show no progress of pulls", ""},
    {"--remove-orphans", Takes::flag, "", "Remove containers of services that the manifest does not have",
     ""},
    {"-V,--renew-anon-volumes", Takes::flag, "", "Make anonymous volumes anew instead of keeping their data",
     ""},
    {"--scale", Takes::list, "scale", "Number of a service's containers, SERVICE=NUMBER", ""},
    {"-t,--timeout", Takes::number, "int", "How many seconds containers get to stop", ""},
    {"--timeline", Takes::text, "file",
     "Write the run as a chart to this file: .svg, .html, or .json (a trace)", ""},
    {"--timestamps", Takes::flag, "", "Show the logs' timestamps", ""},
    {"--wait", Takes::flag, "", "Wait until the services are running or healthy; implies --detach", ""},
    {"--wait-timeout", Takes::number, "int", "How many seconds --wait waits", ""},
    {"-w,--watch", Takes::flag, "", "Sync, rebuild and restart when files change (develop.watch)", ""},
    {"-y,--yes", Takes::flag, "", "Answer yes to all questions", ""},
    {"--y", Takes::flag, "", "--y is deprecated, please use --yes instead", "", Shown::hidden, "yes"},
};

bool attaches(const Arguments& arguments) {
  for (const auto* key : {"abort-on-container-exit", "abort-on-container-failure", "attach-dependencies"})
    if (arguments.flag(key)) return true;
  return arguments.given("attach") || arguments.given("exit-code-from");
}

void check(const Arguments& arguments) {
  const bool attach = attaches(arguments);
  if (arguments.flag("detach") && (attach || arguments.flag("watch"))) {
    throw UsageError(
        "--detach cannot be combined with --abort-on-container-exit, --abort-on-container-failure, --attach, "
        "--attach-dependencies or --watch");
  }
  if (arguments.flag("wait") && (attach || arguments.flag("watch"))) {
    throw UsageError(
        "--wait cannot be combined with --abort-on-container-exit, --abort-on-container-failure, --attach, "
        "--attach-dependencies or --watch");
  }
  if (arguments.given("attach") && arguments.flag("attach-dependencies"))
    throw UsageError("cannot combine --attach and --attach-dependencies");
  if (arguments.flag("abort-on-container-failure") && arguments.flag("abort-on-container-exit"))
    throw UsageError("--abort-on-container-failure cannot be combined with --abort-on-container-exit");
  refuse_both(arguments, "always-recreate-deps", "no-recreate");
  refuse_both(arguments, "no-recreate", "renew-anon-volumes");
  if (arguments.flag("watch") && arguments.flag("no-build"))
    throw UsageError("--no-build and --watch are incompatible");
}

plan::UpOptions read_options(const Context& context, const Arguments& arguments) {
  check(arguments);
  auto options = up_options_of(context, arguments);
  options.timeout_seconds = timeout_of(arguments);
  if (arguments.flag("no-deps")) options.dependencies = plan::Dependencies::leave;
  if (arguments.flag("always-recreate-deps")) options.recreate_dependencies = plan::Recreate::always;
  if (arguments.flag("no-start")) options.start = plan::Start::no;
  if (arguments.flag("renew-anon-volumes")) options.anonymous_volumes = plan::AnonymousVolumes::renew;
  options.probe = probe_policy_of(arguments);
  if (arguments.flag("wait")) options.wait = plan::WaitMode::running_or_healthy;
  return options;
}

/// Nothing to do is never what somebody who writes `up` means.
void require_any_service(const project::Project& project) {
  if (!project.services.empty()) return;
  std::set<std::string> profiles;
  for (const auto& [name, service] : project.disabled_services)
    profiles.insert(service.profiles.begin(), service.profiles.end());
  const auto hint = profiles.empty()
                        ? "The manifest has no services."
                        : "All services belong to profiles; activate some with --profile (there are: " +
                              join(std::vector(profiles.begin(), profiles.end()), ", ") + ").";
  throw Error("no service selected", hint);
}

int run(Context& context, const Arguments& arguments) {
  auto options = read_options(context, arguments);
  context.require_distinct_container_names();
  const auto& project = context.project(options.services);
  require_any_service(project);
  agree_to_remote_stack(context, options.services,
                        arguments.flag("yes") ? Consent::given : Consent::to_includes_and_variables);
  auto situation = hold_and_look(context, options.services, plan::ObserveOptions::Depth::everything);
  require_services(situation, options.services);
  options.orphans = orphans_of(context, arguments);  // .env is read by now
  ask_about_changes(context, situation, answer_of(arguments), options);
  provide_models(context, situation.project, options.services);
  BuildSettings settings;
  settings.quiet = arguments.flag("quiet-build");
  const auto builder = make_image_builder(context, settings);
  RunOptions run_options{{}, {}, builder.get()};
  if (arguments.flag("quiet-pull")) run_options.transfers = RunOptions::Transfers::hide;
  run_options.timeline = timeline_file_of(context, arguments, project.name + ": up");
  run_options.lock = situation.lock;
  if (const auto seconds = arguments.number("wait-timeout"))
    run_options.wait_timeout = std::chrono::seconds(*seconds);
  if (const auto provided = provide_variables(context, situation, options, run_options);
      provided && !provided->ok())
    return static_cast<int>(ExitCode::failure);
  if (const auto refreshed = refresh_images(context, situation, options, run_options);
      refreshed && !refreshed->ok()) {
    return static_cast<int>(ExitCode::failure);
  }
  if (arguments.flag("no-start")) context.screen().title = "Creating";
  const bool background = arguments.flag("detach") || arguments.flag("wait") || arguments.flag("no-start");
  if (!background && context.dry_run()) {
    const int code =
        run_plan(context, plan::plan_up(*situation.project, situation.state, options), run_options);
    write_out("end of 'compose up' output, interactive run is not supported in dry-run mode\n");
    return code;
  }
  if (background)
    return run_plan(context, plan::plan_up(*situation.project, situation.state, options), run_options);
  return attached_up(context, arguments, situation, options, run_options);
}

}  // namespace

constinit const Command up_command{
    .name = "up",
    .aliases = "",
    .synopsis = "[OPTIONS] [SERVICE...]",
    .summary = "Create and start containers",
    .details =
        "While a service waits for another one to be healthy, that one's own health command is run as well, "
        "so that "
        "nobody waits for the interval of its probes; --probe engine, or `x-crstack: {probe: engine}` on the "
        "service or "
        "the project, leaves it to the engine.\n"
        "The chart of --timeline shows pulls, creates, starts and waits, and the chain of them that decided "
        "how long "
        "it took. A .json file is a trace for Perfetto, about:tracing and the like.",
    .options = options,
    .run = run,
    .effect = Effect::changes,
};

}  // namespace crstack::cli
