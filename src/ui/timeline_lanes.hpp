// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crstack/event/timeline.hpp"

namespace crstack::ui {

/// One line of the chart: all bars of a name, by start.
struct Lane {
  std::string name;
  std::vector<event::TimelineRow> bars;
  bool critical = false;
};

/// The lanes in the order in which they begin; bars that end before they start are given no length.
std::vector<Lane> timeline_lanes(const event::Timeline& timeline);

/// The run's length, or the end of the last bar where that is later; never zero.
Duration timeline_length(const event::Timeline& timeline);

/// Marks for an axis: 1, 2 or 5 times a power of ten apart, no more than `most` of them, from zero.
std::vector<Duration> timeline_marks(Duration length, std::size_t most);

/// A mark's text: `0s`, `2.5s`, `90s`.
std::string mark_text(Duration mark);

/// The bars of the critical path by start, as `db wait 5.2s`.
std::vector<std::string> critical_steps(const event::Timeline& timeline);

std::string_view kind_word(event::TimelineKind kind);

}  // namespace crstack::ui
