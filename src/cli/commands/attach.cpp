// SPDX-License-Identifier: MIT
#include <unistd.h>

#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/project_containers.hpp"
#include "cli/signals.hpp"
#include "cli/streams/attached_run.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"--detach-keys", Takes::text, "string", "The keys that detach (default ctrl-p,ctrl-q)", ""},
    {"--index", Takes::number, "int", "Index of the container if the service has several", ""},
    {"--no-stdin", Takes::flag, "", "Do not attach standard input", ""},
    {"--sig-proxy", Takes::flag, "", "Pass received signals on to the process (default true)", ""},
};

int run(Context& context, const Arguments& arguments) {
  auto& engine = context.engine();
  const auto& service = arguments.positional().front();
  const auto container =
      container_of(engine, context.scope({service}).name, service, arguments.number("index").value_or(0));
  const auto details = engine.inspect_container(container.id);
  if (details.state == engine::ContainerState::paused)
    throw Error("cannot attach to a paused container, unpause it first");
  const bool typing = !arguments.flag("no-stdin");
  if (typing && details.tty && ::isatty(STDIN_FILENO) == 0) throw Error("the input device is not a TTY");
  if (context.dry_run()) throw Error("interactive run is not supported in dry-run mode");
  AttachRequest request;
  request.container = container.id;
  request.terminal = details.tty ? engine::Terminal::yes : engine::Terminal::no;
  request.input = details.open_stdin && typing ? Input::forward : Input::none;
  request.detach_keys =
      arguments.text_or("detach-keys", configured_detach_keys(context.engine_environment()));
  if (!arguments.flag_or("sig-proxy", true)) request.signals = AttachRequest::Signals::keep_out;
  const auto outcome = attach_to(engine, request);
  if (outcome.detached) throw Error("read escape sequence");
  return outcome.asked_to_end != 0 ? interrupted_code(outcome.asked_to_end) : outcome.exit_code;
}

}  // namespace

constinit const Command attach_command{
    .name = "attach",
    .aliases = "",
    .synopsis = "[OPTIONS] SERVICE",
    .summary = "Attach standard input, output and error to a service's running container",
    .details = "",
    .options = options,
    .run = run,
    .count = {1},
    .effect = Effect::changes,
};

}  // namespace crstack::cli
