// SPDX-License-Identifier: MIT
#include <unistd.h>

#include "cli/commands/commands.hpp"
#include "cli/context.hpp"
#include "cli/logs/log_stream.hpp"
#include "cli/logs/log_time.hpp"
#include "cli/project_containers.hpp"
#include "crstack/base/error.hpp"
#include "crstack/ui/terminal.hpp"

namespace crstack::cli {
namespace {

constexpr Option options[] = {
    {"-f,--follow", Takes::flag, "", "Follow the output, also of containers that are restarted or recreated",
     ""},
    {"--index", Takes::number, "int", "Index of the container if the service has several", ""},
    {"--no-color", Takes::flag, "", "Print without colours", ""},
    {"--no-log-prefix", Takes::flag, "", "Print lines without their container's name", ""},
    {"--since", Takes::text, "string", "Show lines since a time (2013-01-02T13:23:37Z) or a while ago (42m)",
     ""},
    {"--stderr", Takes::flag, "", "Show what was written to standard error", ""},
    {"--stdout", Takes::flag, "", "Show what was written to standard output", ""},
    {"-n,--tail", Takes::text, "string", "Lines from the end of each container's output (default \"all\")",
     ""},
    {"-t,--timestamps", Takes::flag, "", "Show timestamps", ""},
    {"--until", Takes::text, "string", "Show lines before a time or a while ago", ""},
};

LogRequest request_of(Context& context, const Arguments& arguments, const ProjectScope& scope) {
  LogRequest request;
  request.project = scope.name;
  request.services = arguments.positional();
  request.index = arguments.number("index").value_or(0);
  request.options.follow = arguments.flag("follow");
  request.options.tail = arguments.text_or("tail", "all");
  request.options.since = engine_time(arguments.text_or("since", ""), "since", context.clock());
  request.options.until = engine_time(arguments.text_or("until", ""), "until", context.clock());
  const bool out = arguments.flag("stdout"), err = arguments.flag("stderr");
  request.options.out = out || !err;
  request.options.err = err || !out;
  request.timestamps = arguments.flag("timestamps") ? ui::Timestamps::show : ui::Timestamps::hide;
  request.warn = [&context](const std::string& text) { context.events().emit(event::Warning{text}); };
  return request;
}

ui::LogStyle style_of(Context& context, const Arguments& arguments) {
  const auto ansi = ui::parse_ansi_mode(context.global().text_or("ansi", "auto"));
  const ui::Terminal terminal(STDOUT_FILENO, ansi.value_or(ui::AnsiMode::automatic));
  ui::LogStyle style;
  if (arguments.flag("no-log-prefix")) style.prefix = ui::Prefix::hide;
  if (arguments.flag("timestamps")) style.timestamps = ui::Timestamps::show;
  if (!arguments.flag("no-color")) style.colours = terminal.colours();
  return style;
}

int run(Context& context, const Arguments& arguments) {
  const auto scope = context.scope(arguments.positional());
  require_services(scope, arguments.positional());
  const auto request = request_of(context, arguments, scope);
  if (request.index > 0 && request.services.size() != 1)
    throw UsageError("--index requires one service to be selected",
                     "Name the service whose container is meant.");
  if (request.index > 0)  // says it where there is none
    container_of(context.engine(), scope.name, request.services.front(), request.index,
                 engine::Containers::Which::all);
  ui::FdOutput output(STDOUT_FILENO);
  ui::LogWriter writer(output, output, style_of(context, arguments));
  stream_logs(context.engine(), writer, request, {});
  return 0;
}

}  // namespace

constinit const Command logs_command{
    .name = "logs",
    .aliases = "",
    .synopsis = "[OPTIONS] [SERVICE...]",
    .summary = "View output from containers",
    .details = "",
    .options = options,
    .run = run,
};

}  // namespace crstack::cli
