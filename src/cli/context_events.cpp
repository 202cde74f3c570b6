// SPDX-License-Identifier: MIT
#include <unistd.h>

#include "cli/context.hpp"
#include "cli/screen.hpp"
#include "crstack/base/error.hpp"

namespace crstack::cli {
namespace {

ui::AnsiMode ansi_mode(const Arguments& global) {
  if (global.flag("no-ansi")) return ui::AnsiMode::never;
  return ui::parse_ansi_mode(global.text_or("ansi", "auto")).value_or(ui::AnsiMode::automatic);
}

int descriptor_of(Screen::ProgressTo to) {
  return to == Screen::ProgressTo::standard_output ? STDOUT_FILENO : STDERR_FILENO;
}

}  // namespace

ui::ProgressMode progress_mode(const std::string& word) {
  const auto mode = ui::parse_progress_mode(word.empty() ? "auto" : word);
  if (!mode)
    throw UsageError("unsupported --progress value \"" + word + "\"", "Use auto, tty, plain, json or quiet.");
  return *mode;
}

Screen::Screen(const Arguments& global, const std::string& progress, ProgressTo to, ui::DryRun dry_run,
               const Clock& clock)
    : mode(progress_mode(progress)),
      status(descriptor_of(to)),
      errors(STDERR_FILENO),
      data(STDOUT_FILENO),
      status_terminal(descriptor_of(to), ansi_mode(global)),
      data_terminal(STDOUT_FILENO, ansi_mode(global)),
      dry_run_(dry_run),
      clock_(clock) {}

ui::Renderer& Screen::renderer() {
  if (!renderer_) {
    const ui::RendererOptions options{mode,    dry_run_, title, builds == Builds::data ? &data : nullptr,
                                      summary, &errors};
    renderer_ = ui::make_renderer(options, status, status_terminal, clock_);
  }
  return *renderer_;
}

void Screen::finish() {
  if (renderer_) renderer_->finish();
}

Screen& Context::screen() {
  if (!screen_) {
    const auto progress = global_.text_or("progress", variable("COMPOSE_PROGRESS"));
    const bool out = switched_on("COMPOSE_STATUS_STDOUT");
    screen_ = std::make_unique<Screen>(
        global_, progress, out ? Screen::ProgressTo::standard_output : Screen::ProgressTo::standard_error,
        dry_run_ ? ui::DryRun::yes : ui::DryRun::no, clock_);
    if (called_as_ != CalledAs::crstack) screen_->summary = ui::Summary::left_out;  // it has no such line
  }
  return *screen_;
}

event::EventSink& Context::events() {
  return screen().renderer();
}

void Context::use_progress(ui::ProgressMode mode) {
  screen().mode = mode;
}

void Context::say(std::string_view line) {
  screen().status.write(line);
}

void Context::finish_events() {
  if (screen_) screen_->finish();
}

}  // namespace crstack::cli
