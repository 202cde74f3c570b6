// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>

#include "crstack/event/timeline.hpp"
#include "crstack/ui/terminal.hpp"

namespace crstack::ui {

/// A page of its own, without scripts or anything to load: a Gantt chart with the critical path marked.
std::string timeline_html(const event::Timeline& timeline);

/// The chart alone, as an SVG document.
std::string timeline_svg(const event::Timeline& timeline);

/// Chrome's Trace Event Format (JSON object form), which Perfetto and about:tracing open.
std::string timeline_trace(const event::Timeline& timeline);

/// Bars of text for a terminal of this width; `*` marks the critical path.
std::string timeline_text(const event::Timeline& timeline, std::size_t columns,
                          Colours colours = Colours::off);

/// Which form a file takes by its name: `.svg`, `.json` (the trace), else HTML.
std::string timeline_for_file(const event::Timeline& timeline, const std::string& path);

}  // namespace crstack::ui
