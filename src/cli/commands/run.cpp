// SPDX-License-Identifier: MIT
#include <optional>

#include "cli/build/image_builder.hpp"
#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/lost_engine.hpp"
#include "cli/models.hpp"
#include "cli/one_off.hpp"
#include "cli/remote/remote_consent.hpp"
#include "cli/run_plan.hpp"
#include "cli/screen.hpp"
#include "cli/signals.hpp"
#include "cli/streams/attached_run.hpp"
#include "cli/up_options.hpp"
#include "cli/without_end.hpp"
#include "crstack/base/error.hpp"
#include "crstack/base/text.hpp"
#include "crstack/plan/container_spec.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"--build", Takes::flag, "", "Build the image before starting the container", ""},
    {"--cap-add", Takes::list, "list", "Add Linux capabilities", ""},
    {"--cap-drop", Takes::list, "list", "Drop Linux capabilities", ""},
    {"-d,--detach", Takes::flag, "", "Run the container in the background and print its ID", ""},
    {"--entrypoint", Takes::text, "string", "Override the entrypoint of the image", ""},
    {"-e,--env", Takes::list, "stringArray", "Set environment variables", ""},
    {"--env-from-file", Takes::list, "stringArray", "Set environment variables from a file", ""},
    {"-i,--interactive", Takes::flag, "", "Keep standard input open (default true)", ""},
    {"-l,--label", Takes::list, "stringArray", "Add or override a label", ""},
    {"--name", Takes::text, "string", "Give the container this name", ""},
    {"-T,--no-TTY", Takes::flag, "", "Give the container no terminal (default: one if this side has one)",
     ""},
    {"--no-deps", Takes::flag, "", "Don't start the services that it depends on", ""},
    {"-p,--publish", Takes::list, "stringArray", "Publish ports of the container to the host", ""},
    {"--pull", Takes::text, "string", "Pull the image before running", "always missing never"},
    {"-q,--quiet", Takes::flag, "", "Print nothing but what the container writes", ""},
    {"--quiet-build", Takes::flag, "", "Build without printing progress", ""},
    {"--quiet-pull", Takes::flag, "", "Pull without printing progress", ""},
    {"--remove-orphans", Takes::flag, "", "Remove containers of services that the manifest does not have",
     ""},
    {"--rm", Takes::flag, "", "Remove the container when it has ended", ""},
    {"-P,--service-ports", Takes::flag, "", "Publish all of the service's ports", ""},
    {"--use-aliases", Takes::flag, "", "Answer to the service's names in its networks", ""},
    {"-u,--user", Takes::text, "string", "Run as this user", ""},
    {"-v,--volume", Takes::list, "stringArray", "Mount a volume or a directory", ""},
    {"-w,--workdir", Takes::text, "string", "Working directory inside the container", ""},
    {"-t,--tty", Takes::flag, "", "Give the container a terminal", "", Shown::hidden},
    {"--labels", Takes::list, "stringArray", "", "", Shown::hidden, "label"},
    {"--volumes", Takes::list, "stringArray", "", "", Shown::hidden, "volume"},
};

struct OneOff {
  std::string service, name, slug;
  bool detached = false, terminal = false, input = false;
};

std::string random_slug() {
  constexpr char digits[] = "0123456789abcdef";
  std::string slug;
  for (const char byte : random_bytes(32)) {
    slug += digits[static_cast<unsigned char>(byte) >> 4];
    slug += digits[static_cast<unsigned char>(byte) & 15];
  }
  return slug;
}

/// What the options say of a terminal, if anything.
std::optional<bool> asked_for_terminal(const Arguments& arguments) {
  if (arguments.given("tty") && arguments.given("no-TTY"))
    throw UsageError("--tty and --no-TTY can't be used together");
  if (arguments.given("tty")) return arguments.flag("tty");
  if (arguments.given("no-TTY")) return !arguments.flag("no-TTY");
  return std::nullopt;
}

OneOff one_off_of(const Arguments& arguments, const std::string& project) {
  OneOff one_off;
  one_off.service = arguments.positional().front();
  one_off.slug = random_slug();
  const auto& separator = plan::name_separator();
  one_off.name = arguments.text_or("name", project + separator + one_off.service + separator + "run" +
                                               separator + one_off.slug.substr(0, 12));
  one_off.detached = arguments.flag("detach");
  one_off.terminal = gives_terminal(asked_for_terminal(arguments));
  one_off.input = arguments.flag_or("interactive", true);
  return one_off;
}

void end_of_input_and_life(engine::ContainerSpec& spec, const Arguments& arguments, const OneOff& one_off) {
  spec.stdin_once = spec.attach_stdin = one_off.input;
  spec.auto_remove = one_off.detached && arguments.flag("rm");  // nobody is there to remove it later
}

/// The plan of bringing up what the service needs and of creating its container, not of starting it.
plan::Plan plan_of(Context& context, const Arguments& arguments, Situation& situation,
                   const OneOff& one_off) {
  auto& services = situation.project.edit().services;
  const auto found = services.find(one_off.service);
  if (found == services.end()) throw Error("no such service: " + one_off.service);
  auto& service = found->second = one_off_service(context, arguments, found->second, one_off.name);
  service.tty = one_off.terminal;
  service.stdin_open = one_off.input;
  if (arguments.flag("no-deps")) service.depends_on.clear();
  plan::UpOptions up;
  up.services = {one_off.service};
  if (arguments.flag("no-deps")) up.dependencies = plan::Dependencies::leave;
  const auto changed = plan::changed_resources(*situation.project, situation.state, up);
  up.kept_networks.insert(changed.networks.begin(), changed.networks.end());  // who runs there goes on
  std::erase_if(situation.state.containers,
                [&](const auto& container) { return container.service == one_off.service; });
  up.pull = pull_policy_of(arguments);
  up.orphans = orphans_of(context, arguments, RemovedBy::option);
  if (arguments.flag("build")) up.build = plan::BuildMode::always;
  const auto aliases = arguments.flag("use-aliases") ? UseAliases::yes : UseAliases::no;
  auto plan = one_off_plan(plan::plan_up(*situation.project, situation.state, up), one_off.service,
                           one_off.slug, aliases);
  for (auto& step : plan.steps) {
    if (std::holds_alternative<plan::BuildImage>(step.action) && step.display)
      step.display->before = step.display->after = std::nullopt;  // shown by what the build writes
    if (auto* create = std::get_if<plan::CreateContainer>(&step.action);
        create != nullptr && create->container.service == one_off.service)
      end_of_input_and_life(create->spec.edit(), arguments, one_off);
  }
  return plan;
}

void remove_container(engine::Engine& engine, const std::string& container) {
  engine.remove_container(container, engine::Containers::Force::yes,
                          engine::Containers::AnonymousVolumes::remove);
}

/// Interrupted before it began to run: `--rm` leaves nothing.
void remove_if_created(engine::Engine& engine, const std::string& container) {
  try {
    remove_container(engine, container);
  } catch (const engine::EngineError&) {  // it wasn't created
  }
}

int run_attached(Context& context, const OneOff& one_off, const std::string& id, bool remove) {
  AttachRequest request;
  request.container = id;
  request.terminal = one_off.terminal ? engine::Terminal::yes : engine::Terminal::no;
  request.input = one_off.input ? Input::forward : Input::none;
  request.begin = AttachRequest::Begin::start;
  request.detach_keys = configured_detach_keys(context.engine_environment());
  auto& engine = context.engine();
  const auto clean_up = [&] {
    if (remove) remove_container(engine, id);
  };
  try {
    const auto outcome = attach_to(engine, request);
    if (!outcome.detached) clean_up();
    return outcome.exit_code;
  } catch (const engine::EngineError& error) {
    if (error.status() == 0) throw LostEngine(error, ExitCode::engine_lost);
    clean_up();
    throw;
  } catch (const Error&) {
    clean_up();
    throw;
  }
}

/// Makes the container and all that it needs. The exit code of what went wrong, or nothing.
std::optional<int> prepare(Context& context, const Arguments& arguments, const plan::Plan& plan,
                           const std::string& container) {
  const Signals signals(SecondSignal::ends_program);
  BuildSettings settings;
  settings.quiet = arguments.flag("quiet-build");
  const auto builder = make_image_builder(context, settings);
  RunOptions run_options{signals.stop(), {}, builder.get()};
  const bool drawn = context.screen().status_terminal.is_terminal();
  WithoutEnd preparations(context.events(), drawn ? WithoutEnd::Waits::show : WithoutEnd::Waits::hide);
  run_options.sink = &preparations;
  if (arguments.flag("quiet-pull")) run_options.transfers = RunOptions::Transfers::hide;
  const auto result = carry_out(context, plan, run_options);
  if (signals.stop().stop_requested()) {
    if (arguments.flag("rm")) remove_if_created(context.engine(), container);
    return signals.exit_code();
  }
  return result.ok() ? std::nullopt : std::optional(static_cast<int>(ExitCode::failure));
}

int run(Context& context, const Arguments& arguments) {
  if (arguments.flag("service-ports") && arguments.given("publish"))
    throw UsageError("--service-ports and --publish are incompatible");
  if (arguments.flag("quiet")) context.use_progress(ui::ProgressMode::quiet);
  context.screen().builds = Screen::Builds::errors;
  const auto& service = arguments.positional().front();
  gives_terminal(asked_for_terminal(arguments));  // throws before anything is started
  require_manifest(context, {service});
  agree_to_remote_stack(context, {service}, Consent::to_variables);
  auto situation = look(context, {service}, plan::ObserveOptions::Depth::everything);
  provide_models(context, situation.project, {service});
  const auto one_off = one_off_of(arguments, situation.project->name);
  const auto plan = plan_of(context, arguments, situation, one_off);
  const HeldSignals until_the_container_has_them;
  if (const auto code = prepare(context, arguments, plan, one_off.name)) return *code;
  context.finish_events();
  if (context.dry_run() && !one_off.detached) throw Error("interactive run is not supported in dry-run mode");
  if (context.dry_run()) {
    write_out(one_off.name + "\n");
    return 0;
  }
  auto& engine = context.engine();
  const auto id = engine.inspect_container(one_off.name).id;
  if (!one_off.detached) return run_attached(context, one_off, id, arguments.flag("rm"));
  engine.start_container(id);
  write_out(id + "\n");
  return 0;
}

}  // namespace

constinit const Command run_command{
    .name = "run",
    .aliases = "",
    .synopsis = "[OPTIONS] SERVICE [COMMAND] [ARGS...]",
    .summary = "Run a one-off command on a service",
    .details = "The exit code is the command's own.",
    .options = options,
    .run = run,
    .count = {1},
    .interspersed = Interspersed::no,
    .effect = Effect::changes,
    .title = "Creating",
};

}  // namespace crstack::cli
