// SPDX-License-Identifier: MIT
#include "crstack/ui/renderer.hpp"

#include "ui/line_renderers.hpp"
#include "ui/tty_renderer.hpp"

namespace crstack::ui {

std::optional<ProgressMode> parse_progress_mode(std::string_view word) {
  if (word == "auto") return ProgressMode::automatic;
  if (word == "tty") return ProgressMode::tty;
  if (word == "plain") return ProgressMode::plain;
  if (word == "json" || word == "rawjson") return ProgressMode::json;
  if (word == "quiet") return ProgressMode::quiet;
  return std::nullopt;
}

std::unique_ptr<Renderer> make_renderer(const RendererOptions& options, Output& output,
                                        const Terminal& terminal, const Clock& clock) {
  ProgressMode mode = options.mode;
  if (mode == ProgressMode::automatic) mode = terminal.can_redraw() ? ProgressMode::tty : ProgressMode::plain;
  switch (mode) {
    case ProgressMode::automatic:
    case ProgressMode::tty:
      return std::make_unique<TtyRenderer>(output, terminal, clock, options.dry_run, options.title);
    case ProgressMode::plain:
      return std::make_unique<PlainRenderer>(output, options, terminal.colours(), clock);
    case ProgressMode::json:
      return std::make_unique<JsonRenderer>(output, options, clock);
    case ProgressMode::quiet:
      return std::make_unique<QuietRenderer>(output, options, terminal.colours(), clock);
  }
  return nullptr;
}

}  // namespace crstack::ui
