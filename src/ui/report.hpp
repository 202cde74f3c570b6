// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "crstack/event/event.hpp"
#include "crstack/ui/terminal.hpp"

namespace crstack::ui {

/// How a report is laid out: lines are broken at `columns`; 0: as long as need be.
struct ReportLook {
  Colours colours = Colours::off;
  std::size_t columns = 0;
};

/// `to_string` for a terminal's width. Log lines are never broken.
std::string report_text(const event::FailureReport& report, const ReportLook& look);

/// `to_string` for a terminal's width; broken between links only.
std::string finished_text(const event::Finished& finished, std::size_t columns);

/// Pieces in as few lines as fit `columns`, the separator between them (its spaces fall away where a line
/// ends); lines after the first are indented by `hang`, and the first begins at column `start`. A piece that
/// is wider than a line is not cut. `columns` 0: one line.
std::string flow(const std::vector<std::string>& pieces, std::string_view separator, std::size_t columns,
                 std::size_t start, std::size_t hang);

}  // namespace crstack::ui
