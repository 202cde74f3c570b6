// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "crstack/base/clock.hpp"

namespace crstack::event {

/// What a bar of the timeline stands for.
enum class TimelineKind { pull, build, create, start, wait, ready, failed, stop, remove, other };

/// One bar. Times count from the start of the run.
struct TimelineRow {
  std::string name;  ///< the line it belongs to: the container, network, volume or image; rows of one name
                     ///< share a line
  TimelineKind kind = TimelineKind::other;
  Duration start{}, end{};
  bool critical = false;  ///< part of the chain that decided how long the run took
  std::string note;       ///< a remark for people: `this probe's interval cost 9.4 s`; may be empty
};

/// A run, as recorded; `ui` draws it. Rows may come in any order.
struct Timeline {
  std::string title;  ///< `credit: up`
  Duration total{};
  std::vector<TimelineRow> rows;
};

}  // namespace crstack::event
