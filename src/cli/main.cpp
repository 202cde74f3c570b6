// SPDX-License-Identifier: MIT
#include "crstack/cli/main.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/command_line/answer_completion.hpp"
#include "cli/command_line/command_table.hpp"
#include "cli/command_line/help.hpp"
#include "cli/command_line/suggest.hpp"
#include "cli/command_line/version_text.hpp"
#include "cli/context.hpp"
#include "cli/plugin_socket.hpp"
#include "cli/screen.hpp"
#include "cli/signals.hpp"
#include "crstack/base/error.hpp"
#include "crstack/manifest/diagnostic.hpp"
#include "crstack/ui/diagnostics.hpp"

extern char** environ;

namespace crstack::cli {
namespace {

struct Invocation {
  Arguments global;
  std::vector<std::string> words;  ///< the command and what follows it
};

/// Where the caller has closed a standard stream, a connection to the engine would get its number, and what
/// is meant for the caller.
void open_missing_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(fd, F_GETFD) < 0) (void)!::open("/dev/null", O_RDWR);
}

Environment read_environment() {
  Environment variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const char* equals = std::strchr(*entry, '=');
    if (equals != nullptr) variables[std::string(static_cast<const char*>(*entry), equals)] = equals + 1;
  }
  return variables;
}

/// As the shell shows it: through a symbolic link where one was taken (POSIX, `pwd -L`).
std::string current_directory(const Environment& environment) {
  namespace fs = std::filesystem;
  const auto pwd = environment.find("PWD");
  std::error_code none;
  if (pwd != environment.end() && pwd->second.starts_with('/') && fs::equivalent(pwd->second, ".", none))
    return pwd->second;
  const auto current = fs::current_path(none);
  if (none) throw Error("the current directory is not there any more", "Change to one that is.");
  return current.string();
}

// docker passes its plugins all of its own words, the plugin's name among them.
CalledAs find_out_name(const char* path) {
  const auto name = std::filesystem::path(path).filename().string();
  if (!name.starts_with("docker-compose")) return CalledAs::crstack;
  return std::getenv("DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND") != nullptr ? CalledAs::docker_plugin
                                                                          : CalledAs::docker_compose;
}

// docker compose names itself so by the name docker-compose, too.
const char* shown_name(CalledAs called_as) {
  return called_as == CalledAs::crstack ? "crstack" : "docker compose";
}

Invocation split_words(std::vector<std::string> words, CalledAs called_as) {
  const auto parse = [](const std::vector<std::string>& some) {
    return parse_options(global_options(), some, Interspersed::no, program_name());
  };
  auto global = parse(words);
  auto rest = global.positional();
  if (called_as != CalledAs::crstack && !rest.empty() && rest.front() == "compose") {
    words.erase(words.end() - static_cast<std::ptrdiff_t>(rest.size()));
    global = parse(words);
    rest = global.positional();
  }
  return {std::move(global), std::move(rest)};
}

std::vector<Option> rows_of(const Command& command) {
  std::vector<Option> rows(command.options.begin(), command.options.end());
  rows.insert(rows.end(), common_options().begin(), common_options().end());
  return rows;
}

/// What is wrong with the number of arguments, as docker compose says it; empty: nothing.
std::string wrong_count(const Command& command, const std::vector<std::string>& words,
                        const std::string& where) {
  const auto& [least, most, refusal] = command.count;
  const auto count = words.size();
  if (count >= least && count <= most) return {};
  if (most == 0) return "unknown command \"" + words.front() + "\" for \"" + where + "\"";
  const auto received = std::to_string(count), wanted = std::to_string(least);
  if (refusal == ArgumentCount::Refusal::named)
    return "'" + where + "' requires " + (least == most ? "" : "at least ") + wanted +
           (least == 1 ? " argument" : " arguments");
  if (least > 0 && most == least + 1)
    return "accepts between " + wanted + " and " + std::to_string(most) + " arg(s), received " + received;
  if (count < least) return "requires at least " + wanted + " arg(s), only received " + received;
  return "accepts at most " + std::to_string(most) + " arg(s), received " + received;
}

void check_count(const Command& command, const std::vector<std::string>& words, const std::string& where) {
  const auto wrong = wrong_count(command, words, where);
  if (!wrong.empty()) throw UsageError(wrong, "See '" + where + " --help'.");
}

void remark_old_options(const Arguments& global) {
  if (global.flag("no-ansi"))
    write_error("option '--no-ansi' is DEPRECATED ! Please use '--ansi' instead.\n");
  if (global.given("workdir"))
    write_error(
        "option '--workdir' is DEPRECATED at root level! Please use '--project-directory' instead.\n");
}

/// Tells which of the command's options have another name by now.
void remark_old_names(Context& context, const Command& command, const Arguments& arguments) {
  for (const auto& row : command.options)
    if (!row.means.empty() && !row.summary.empty() && arguments.given(key_of(row)))
      context.events().emit(event::Warning{std::string(row.summary)});
}

/// `form`: how its errors are told, from when that is known.
int run_command(const Invocation& invocation, CalledAs called_as, ui::MessageForm& form) {
  const auto& name = invocation.words.front();
  const auto [command, length] = find_command(std::span(invocation.words));
  if (command == nullptr) {
    if (called_as != CalledAs::crstack) write_out(general_help());  // docker compose shows what there is
    throw unknown_command(name);
  }
  const std::vector<std::string> words(invocation.words.begin() + static_cast<std::ptrdiff_t>(length),
                                       invocation.words.end());
  const auto where = std::string(program_name()) + " " + std::string(command->name);
  const auto rows = rows_of(*command);
  const auto arguments = parse_options(rows, words, command->interspersed, where);
  if (arguments.flag("help") || invocation.global.flag("help")) {
    write_out(help_of(*command));
    return 0;
  }
  check_count(*command, arguments.positional(), where);
  if (invocation.global.text_or("progress", "") == "json") form = ui::MessageForm::json;
  const bool dry_run = arguments.flag("dry-run") || invocation.global.flag("dry-run");
  auto environment = read_environment();
  auto directory = current_directory(environment);
  Context context(invocation.global, dry_run, std::move(environment), std::move(directory), called_as);
  remark_old_options(invocation.global);
  remark_old_names(context, *command, arguments);
  (void)context.parallel_limit();  // a wrong one is told whatever the command, as is a wrong --progress
  auto& screen = context.screen();
  if (screen.mode == ui::ProgressMode::json) form = ui::MessageForm::json;
  if (!command->title.empty()) screen.title = command->title;
  const int code = command->run(context, arguments);
  context.finish_events();
  return code;
}

/// `__complete` and what cobra calls it without descriptions; docker puts the plugin's name behind it.
int complete(std::vector<std::string> words, CalledAs called_as) {
  const auto descriptions = words[0] == "__complete" ? Descriptions::show : Descriptions::hide;
  words.erase(words.begin());
  if (called_as != CalledAs::crstack && !words.empty() && words[0] == "compose") words.erase(words.begin());
  write_out(answer_completion(words, descriptions, [&](Arguments global) {
    auto environment = read_environment();
    auto directory = current_directory(environment);
    return std::make_unique<Context>(std::move(global), false, std::move(environment), std::move(directory),
                                     called_as);
  }));
  return 0;
}

int run_words(int argc, char** argv, CalledAs called_as, ui::MessageForm& form) {
  set_program_name(shown_name(called_as));
  end_on_signals();
  const std::string first = argc > 1 ? argv[1] : "";
  if (first == "__complete" || first == "__completeNoDesc")
    return complete({argv + 1, argv + argc}, called_as);
  const auto invocation = split_words({argv + 1, argv + argc}, called_as);
  if (invocation.words.empty()) {
    write_out(general_help());
    return 0;
  }
  return run_command(invocation, called_as, form);
}

// Errors are words for people, or JSON where progress is; the renderer has ended by now.
int report(const Error& error, CalledAs called_as, ui::MessageForm form) {
  ui::FdOutput output(STDERR_FILENO);
  const RealClock clock;
  const ui::Terminal terminal(STDERR_FILENO);
  ui::Diagnostics diagnostics(output, form, terminal.colours(), clock);
  using Label = ui::Diagnostics::Label;
  const auto label = called_as == CalledAs::crstack ? Label::shown : Label::left_out;
  if (const auto* manifest = dynamic_cast<const manifest::ManifestError*>(&error)) {
    for (const auto& diagnostic : manifest->diagnostics())
      if (const auto place = place_of(diagnostic); form == ui::MessageForm::json || place.empty())
        diagnostics.error(place + diagnostic.message, diagnostic.hint, label);
      else
        diagnostics.rendered(manifest::to_string(diagnostic) + '\n');
  } else {
    diagnostics.error(error, label);
  }
  // docker compose has one code for all errors
  if (called_as != CalledAs::crstack && error.exit_code() == ExitCode::usage)
    return static_cast<int>(ExitCode::failure);
  return static_cast<int>(error.exit_code());
}

/// Each container that is followed has a connection, and shells allow 1,024 files if nobody asks for more.
void allow_many_connections() {
  constexpr rlim_t enough = 65536;
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur >= enough) return;
  files.rlim_cur = std::min(files.rlim_max, enough);
  ::setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace

int run(int argc, char** argv) {
  open_missing_streams();
  if (answer_at_once(argc, argv)) return 0;
  allow_many_connections();
  const auto called_as = find_out_name(argv[0]);
  if (called_as == CalledAs::docker_plugin) follow_docker();
  auto form = ui::MessageForm::terminal;
  try {
    return run_words(argc, argv, called_as, form);
  } catch (const Error& error) {
    return report(error, called_as, form);
  } catch (const std::exception& error) {
    return report(Error(std::string("internal error: ") + error.what()), called_as, form);
  }
}

}  // namespace crstack::cli
