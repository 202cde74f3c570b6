// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "crstack/base/clock.hpp"
#include "crstack/event/event.hpp"
#include "crstack/ui/output.hpp"
#include "crstack/ui/terminal.hpp"

namespace crstack::ui {

/// `--progress`.
enum class ProgressMode { automatic, tty, plain, json, quiet };

/// `auto`, `tty`, `plain`, `json`, `quiet`; `rawjson` is `json`; nothing for any other word.
std::optional<ProgressMode> parse_progress_mode(std::string_view word);

/// Shows events. `emit` is thread-safe and never throws.
class Renderer : public event::EventSink {
 public:
  /// Draws what is left, stops drawing, leaves the cursor below. Call it before anything else writes to the
  /// same output (logs, errors); events after it are printed as plain lines. Safe to call twice; the
  /// destructor does it.
  virtual void finish() noexcept {}
};

enum class DryRun { no, yes };

/// Whether lines that programs may read end with how long the run took; a terminal always shows it.
enum class Summary { shown, left_out };

struct RendererOptions {
  ProgressMode mode = ProgressMode::automatic;
  DryRun dry_run = DryRun::no;
  std::string_view title = "Running";  ///< of what a terminal shows: `[+] Running 1/2`
  Output* builds = nullptr;            ///< where plain lines of what builds write go; null: among the rest
  Summary summary = Summary::shown;
  Output* messages = nullptr;  ///< where lines of warnings and failures go; null: among the rest
};

/// The renderer for this output: automatic is `tty` where the output can redraw (`--ansi always`: anywhere),
/// else `plain`. `output`, `terminal` and `clock` must outlive it. The tty renderer starts one thread, at the
/// first event, and takes SIGWINCH while it lives; at most one of them may be alive.
std::unique_ptr<Renderer> make_renderer(const RendererOptions& options, Output& output,
                                        const Terminal& terminal, const Clock& clock);

/// The report of a failed `up`, as text for people, each line ended.
std::string to_string(const event::FailureReport& report, Colours colours = Colours::off);

/// How long the run took and what decided it: `Done in 10.4s: vault healthy 5.2s → flask_app healthy 5.1s`.
std::string to_string(const event::Finished& finished);

}  // namespace crstack::ui
