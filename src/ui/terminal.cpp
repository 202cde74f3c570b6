// SPDX-License-Identifier: MIT
#include "crstack/ui/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>
#include <cstdlib>

namespace crstack::ui {
namespace {

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

int positive(const char* name, int otherwise) {
  const char* value = std::getenv(name);
  const int number = value == nullptr ? 0 : std::atoi(value);
  return number > 0 ? number : otherwise;
}

AnsiMode from_environment(AnsiMode asked) {
  if (asked != AnsiMode::automatic) return asked;
  return parse_ansi_mode(variable("COMPOSE_ANSI")).value_or(AnsiMode::automatic);
}

}  // namespace

std::optional<AnsiMode> parse_ansi_mode(std::string_view word) {
  if (word == "auto") return AnsiMode::automatic;
  if (word == "always") return AnsiMode::always;
  if (word == "never") return AnsiMode::never;
  return std::nullopt;
}

Look decide_look(AnsiMode ansi, bool is_terminal, std::string_view no_color, std::string_view term) {
  if (ansi == AnsiMode::always) return {Colours::on, true};
  const bool able = ansi != AnsiMode::never && is_terminal && term != "dumb";
  return {able && no_color.empty() ? Colours::on : Colours::off, able};
}

Terminal::Terminal(int fd, AnsiMode ansi) : fd_(fd), is_terminal_(::isatty(fd) == 1) {
  const Look look = decide_look(from_environment(ansi), is_terminal_, variable("NO_COLOR"), variable("TERM"));
  colours_ = look.colours;
  can_redraw_ = look.can_redraw;
}

TerminalSize Terminal::size() const noexcept {
  winsize window{};
  if (is_terminal_ && ::ioctl(fd_, TIOCGWINSZ, &window) == 0 && window.ws_col > 0 && window.ws_row > 0)
    return {window.ws_col, window.ws_row};
  return {positive("COLUMNS", 80), positive("LINES", 24)};
}

}  // namespace crstack::ui
