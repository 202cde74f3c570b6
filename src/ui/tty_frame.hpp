// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "crstack/ui/progress_model.hpp"
#include "crstack/ui/terminal.hpp"

namespace crstack::ui {

/// What is known about a frame apart from its rows.
struct FrameLook {
  TerminalSize size;
  Colours colours = Colours::off;
  unsigned tick = 0;  ///< which picture of the spinner
  bool last = false;  ///< the frame that stays: all rows, however many
  std::string_view title = "Running";
};

/// The lines of a frame, none as wide as the terminal, and unless it is the last one fewer than the terminal
/// has rows. Where there are too many rows, those that are over give way first, the oldest before the others.
std::vector<std::string> layout_frame(const std::vector<Row>& rows, const FrameLook& look);

}  // namespace crstack::ui
