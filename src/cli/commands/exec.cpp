// SPDX-License-Identifier: MIT
#include <cerrno>
#include <csignal>

#include "cli/commands/commands.hpp"
#include "cli/container_environment.hpp"
#include "cli/context.hpp"
#include "cli/lost_engine.hpp"
#include "cli/project_containers.hpp"
#include "cli/signals.hpp"
#include "cli/streams/session.hpp"
#include "crstack/base/error.hpp"
#include "exec/exec_command.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"-d,--detach", Takes::flag, "", "Run the command in the background", ""},
    {"-e,--env", Takes::list, "stringArray", "Set environment variables", ""},
    {"--index", Takes::number, "int", "Index of the container if the service has several", ""},
    {"-T,--no-tty", Takes::flag, "", "Give the command no terminal (default: one if this side has one)", ""},
    {"--privileged", Takes::flag, "", "Give the process extended privileges", ""},
    {"-u,--user", Takes::text, "string", "Run the command as this user", ""},
    {"-w,--workdir", Takes::text, "string", "Directory to run the command in", ""},
    {"-i,--interactive", Takes::flag, "", "Keep standard input open (always so)", "", Shown::hidden},
    {"-t,--tty", Takes::flag, "", "Give the command a terminal (default)", "", Shown::hidden},
    {"--no-TTY", Takes::flag, "", "", "", Shown::hidden, "no-tty"},
};

engine::ExecSpec spec_of(const Context& context, const Arguments& arguments, bool detached) {
  engine::ExecSpec spec;
  const auto& words = arguments.positional();
  spec.command.assign(words.begin() + 1, words.end());
  spec.environment = container_environment(arguments.list("env"), context.environment());
  spec.user = arguments.text_or("user", "");
  spec.working_dir = arguments.text_or("workdir", "");
  spec.privileged = arguments.flag("privileged");
  std::optional<bool> terminal;
  if (arguments.given("no-tty")) terminal = !arguments.flag("no-tty");
  spec.tty = !detached && gives_terminal(terminal);
  spec.attach_stdin = !detached && arguments.flag_or("interactive", true);
  spec.attach_output = !detached;
  if (spec.tty) spec.detach_keys = configured_detach_keys(context.engine_environment());
  return spec;
}

int code_of(engine::Engine& engine, const std::string& id) {
  try {
    return exec::exit_code_of(engine, id);
  } catch (const engine::EngineError& error) {
    if (error.status() != 0) throw;
    throw LostEngine(error, ExitCode::engine_lost_in_exec);
  }
}

int pretend(const engine::ContainerSummary& container, const engine::ExecSpec& spec, bool detached) {
  if (!detached) throw Error("interactive exec is not supported in dry-run mode");
  std::string words;
  for (const auto& word : spec.command) words += (words.empty() ? "\"" : " \"") + word + "\"";
  write_out(" DRY-RUN MODE - Executing command [" + words + "] in " + container.id + " (detached mode)\n");
  return 0;
}

int run(Context& context, const Arguments& arguments) {
  auto& engine = context.engine();
  const auto& service = arguments.positional().front();
  const auto container =
      container_of(engine, context.scope({service}).name, service, arguments.number("index").value_or(0));
  const bool detached = arguments.flag("detach");
  const auto spec = spec_of(context, arguments, detached);
  if (context.dry_run()) return pretend(container, spec, detached);
  const auto id = engine.create_exec(container.id, spec);
  if (detached) {
    engine.start_exec_detached(id, spec.tty);
    return 0;
  }
  const auto stream = engine.start_exec(id, spec.tty);
  SessionOptions session;
  session.terminal = spec.tty ? engine::Terminal::yes : engine::Terminal::no;
  session.input = spec.attach_stdin ? Input::forward : Input::none;
  session.detach_keys = spec.detach_keys;
  session.resize = [&](int rows, int columns) { engine.resize_exec(id, rows, columns); };
  const auto result = run_session(*stream, session);
  if (result.end == SessionResult::End::interrupted) {
    if (result.signal == SIGINT) end_line_of_ctrl_c();
    return interrupted_code(result.signal);
  }
  if (result.end == SessionResult::End::detached) throw Error("read escape sequence");
  if (result.error == EPIPE) ::raise(SIGPIPE);  // ends as any filter does
  require_heard(result);
  return code_of(engine, id);
}

}  // namespace

constinit const Command exec_command{
    .name = "exec",
    .aliases = "",
    .synopsis = "[OPTIONS] SERVICE COMMAND [ARGS...]",
    .summary = "Execute a command in a running container",
    .details = "The exit code is the command's own.",
    .options = options,
    .run = run,
    .count = {2},
    .interspersed = Interspersed::no,
    .effect = Effect::changes,
};

}  // namespace crstack::cli
