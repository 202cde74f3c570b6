// SPDX-License-Identifier: MIT
#include "ui/timeline_lanes.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <tuple>

#include "crstack/base/units.hpp"

namespace crstack::ui {
namespace {

using event::TimelineRow;

double in_seconds(Duration span) {
  return std::chrono::duration<double>(span).count();
}

bool before(const TimelineRow& left, const TimelineRow& right) {
  return std::tie(left.start, left.end, left.name) < std::tie(right.start, right.end, right.name);
}

std::vector<TimelineRow> sorted_rows(const event::Timeline& timeline) {
  std::vector<TimelineRow> rows = timeline.rows;
  for (TimelineRow& row : rows) row.end = std::max(row.start, row.end);
  std::stable_sort(rows.begin(), rows.end(), before);
  return rows;
}

}  // namespace

std::vector<Lane> timeline_lanes(const event::Timeline& timeline) {
  std::vector<Lane> lanes;
  std::map<std::string, std::size_t> by_name;
  for (TimelineRow& row : sorted_rows(timeline)) {
    const auto [at, is_new] = by_name.try_emplace(row.name, lanes.size());
    if (is_new) lanes.push_back({row.name, {}, false});
    Lane& lane = lanes[at->second];
    lane.critical = lane.critical || row.critical;
    lane.bars.push_back(std::move(row));
  }
  return lanes;
}

Duration timeline_length(const event::Timeline& timeline) {
  Duration length = std::max(timeline.total, Duration(std::chrono::milliseconds(1)));
  for (const TimelineRow& row : timeline.rows) length = std::max(length, row.end);
  return length;
}

std::vector<Duration> timeline_marks(Duration length, std::size_t most) {
  double step = 0.001;
  constexpr std::array<double, 3> kGrow = {2.0, 2.5, 2.0};
  for (std::size_t turn = 0;
       in_seconds(length) / step + 1 > static_cast<double>(std::max<std::size_t>(most, 2)); ++turn)
    step *= kGrow[turn % kGrow.size()];
  std::vector<Duration> marks;
  const auto span = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(step));
  for (Duration mark{}; mark <= length; mark += span) marks.push_back(mark);
  return marks;
}

std::string mark_text(Duration mark) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%gs", in_seconds(mark));
  return text.data();
}

std::vector<std::string> critical_steps(const event::Timeline& timeline) {
  std::vector<std::string> steps;
  for (const TimelineRow& row : sorted_rows(timeline)) {
    if (!row.critical) continue;
    steps.push_back(row.name + " " + std::string(kind_word(row.kind)) + " " +
                    format_elapsed(row.end - row.start));
  }
  return steps;
}

std::string_view kind_word(event::TimelineKind kind) {
  using event::TimelineKind;
  switch (kind) {
    case TimelineKind::pull:
      return "pull";
    case TimelineKind::build:
      return "build";
    case TimelineKind::create:
      return "create";
    case TimelineKind::start:
      return "start";
    case TimelineKind::wait:
      return "wait";
    case TimelineKind::ready:
      return "ready";
    case TimelineKind::failed:
      return "failed";
    case TimelineKind::stop:
      return "stop";
    case TimelineKind::remove:
      return "remove";
    case TimelineKind::other:
      return "other";
  }
  return "other";
}

}  // namespace crstack::ui
