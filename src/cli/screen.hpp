// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>

#include "cli/command_line/arguments.hpp"
#include "crstack/base/clock.hpp"
#include "crstack/ui/renderer.hpp"

namespace crstack::cli {

/// What a word of `--progress` asks for; empty: `auto`. Throws UsageError for an unknown one.
ui::ProgressMode progress_mode(const std::string& word);

/// The two outputs of a command, and the one renderer that shows its progress: on standard error, or on
/// standard output with COMPOSE_STATUS_STDOUT, where warnings and failures stay on standard error.
class Screen {
 public:
  /// Throws UsageError for a word that `--progress` does not know.
  enum class ProgressTo { standard_error, standard_output };
  Screen(const Arguments& global, const std::string& progress, ProgressTo to, ui::DryRun dry_run,
         const Clock& clock);

  /// Made on first use, in `mode`.
  ui::Renderer& renderer();
  /// The terminal is as it was; later events are plain lines.
  void finish();

  ui::ProgressMode mode;
  std::string_view title = "Running";
  /// Where builds write without a terminal: standard output, as docker compose has it, unless that is needed
  /// for data.
  enum class Builds { data, errors } builds = Builds::data;
  ui::Summary summary = ui::Summary::shown;
  ui::FdOutput status, errors, data;  ///< where progress goes; standard error; standard output
  ui::Terminal status_terminal, data_terminal;

 private:
  ui::DryRun dry_run_;
  const Clock& clock_;
  std::unique_ptr<ui::Renderer> renderer_;
};

}  // namespace crstack::cli
