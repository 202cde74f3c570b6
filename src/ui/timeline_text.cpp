// SPDX-License-Identifier: MIT
// The timeline as bars of text, and as a trace.
#include <algorithm>

#include "crstack/base/text.hpp"
#include "crstack/base/units.hpp"
#include "crstack/ui/text.hpp"
#include "crstack/ui/timeline.hpp"
#include "ui/timeline_lanes.hpp"
#include "ui/utf8.hpp"

namespace crstack::ui {
namespace {

using event::TimelineKind;

struct Look {
  std::string_view glyph;
  std::string_view colour;
};

Look look_of(TimelineKind kind) {
  switch (kind) {
    case TimelineKind::pull:
    case TimelineKind::build:
      return {"▒", "35"};
    case TimelineKind::create:
      return {"▓", "34"};
    case TimelineKind::start:
      return {"█", "33"};
    case TimelineKind::wait:
      return {"░", "36"};
    case TimelineKind::ready:
      return {"●", "32"};
    case TimelineKind::failed:
      return {"✘", "31"};
    case TimelineKind::stop:
    case TimelineKind::remove:
    case TimelineKind::other:
      return {"▓", "31"};
  }
  return {" ", ""};
}

std::string painted(std::string_view text, std::string_view colour, Colours colours) {
  if (colours == Colours::off || colour.empty()) return std::string(text);
  return "\033[" + std::string(colour) + "m" + std::string(text) + "\033[0m";
}

class Chart {
 public:
  Chart(const event::Timeline& timeline, std::size_t columns, Colours colours)
      : lanes_(timeline_lanes(timeline)), length_(timeline_length(timeline)), colours_(colours) {
    for (const Lane& lane : lanes_) names_ = std::max(names_, display_width(lane.name));
    names_ = std::min(names_, std::max<std::size_t>(columns / 3, 4));
    const std::size_t taken = names_ + 2 + 2 + 7;  // the name, its mark, the time and the space before it
    width_ = std::max<std::size_t>(columns > taken + 1 ? columns - taken - 1 : 0, 10);
  }

  [[nodiscard]] std::string axis() const {
    std::string line;
    for (const Duration mark : timeline_marks(length_, std::max<std::size_t>(width_ / 6, 2))) {
      const std::string text = mark_text(mark);
      const std::size_t at = std::min(cell(mark), width_ - std::min(width_, text.size()));
      if (at < line.size() + (line.empty() ? 0 : 1)) continue;
      line += std::string(at - line.size(), ' ') + text;
    }
    return std::string(names_ + 3, ' ') + line + "\n";
  }

  [[nodiscard]] std::string lane(const Lane& lane) const {
    std::vector<const event::TimelineRow*> cells(width_, nullptr);
    Duration end{};
    for (const event::TimelineRow& bar : lane.bars) {
      const std::size_t first = std::min(cell(bar.start), width_ - 1);
      const std::size_t last = std::clamp(cell(bar.end), first + 1, width_);
      std::fill(cells.begin() + static_cast<std::ptrdiff_t>(first),
                cells.begin() + static_cast<std::ptrdiff_t>(last), &bar);
      end = std::max(end, bar.end);
    }
    std::string out =
        pad(lane.name, names_) + (lane.critical ? " " + painted("*", "31", colours_) : "  ") + " ";
    for (const event::TimelineRow* bar : cells) {
      const Look look = bar == nullptr ? Look{" ", ""} : look_of(bar->kind);
      out += painted(look.glyph, look.colour, colours_);
    }
    const std::string time = format_elapsed(end);
    return out + std::string(8 - std::min<std::size_t>(7, time.size()), ' ') + time + "\n";
  }

  [[nodiscard]] const std::vector<Lane>& lanes() const { return lanes_; }

 private:
  [[nodiscard]] std::size_t cell(Duration time) const {
    return static_cast<std::size_t>(static_cast<double>(time.count()) / static_cast<double>(length_.count()) *
                                    static_cast<double>(width_));
  }

  std::vector<Lane> lanes_;
  Duration length_;
  Colours colours_;
  std::size_t names_ = 4, width_ = 10;
};

constexpr std::size_t tall = 30;  ///< lanes: the axis above them is out of sight

bool has_failed(const event::Timeline& timeline) {
  return std::any_of(timeline.rows.begin(), timeline.rows.end(),
                     [](const event::TimelineRow& row) { return row.kind == TimelineKind::failed; });
}

std::string microseconds(Duration span) {
  return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(span).count());
}

}  // namespace

std::string timeline_text(const event::Timeline& timeline, std::size_t columns, Colours colours) {
  const Chart chart(timeline, columns, colours);
  if (timeline.rows.empty()) return timeline.title + ": nothing was to be done\n";
  std::string out = timeline.title + ", " + format_elapsed(timeline.total) + "\n" + chart.axis();
  for (const Lane& lane : chart.lanes()) out += chart.lane(lane);
  if (chart.lanes().size() > tall) out += chart.axis();
  out += "▒ pull or build  ▓ create  █ start  ░ wait  ● ready  ";
  if (has_failed(timeline)) out += "✘ failed  ";
  out += "* critical path\n";
  const std::vector<std::string> critical = critical_steps(timeline);
  if (!critical.empty()) out += "critical path: " + join(critical, " → ") + "\n";
  for (const Lane& lane : chart.lanes())
    for (const event::TimelineRow& bar : lane.bars)
      if (!bar.note.empty()) out += "note: " + lane.name + ": " + printable(bar.note) + "\n";
  return out;
}

std::string timeline_trace(const event::Timeline& timeline) {
  std::string events;
  std::size_t thread = 0;
  for (const Lane& lane : timeline_lanes(timeline)) {
    const std::string where = ",\"pid\":1,\"tid\":" + std::to_string(++thread);
    events += (events.empty() ? "\n" : ",\n") + ("{\"ph\":\"M\",\"name\":\"thread_name\"" + where) +
              ",\"args\":{\"name\":" + json_quote(lane.name) + "}}";
    for (const event::TimelineRow& bar : lane.bars) {
      const std::string word = json_quote(kind_word(bar.kind));
      events += ",\n{\"ph\":\"X\",\"name\":" + word + ",\"cat\":" + word + where +
                ",\"ts\":" + microseconds(bar.start) + ",\"dur\":" + microseconds(bar.end - bar.start) +
                ",\"args\":{\"critical\":" + (bar.critical ? "true" : "false") +
                ",\"note\":" + json_quote(bar.note) + "}}";
    }
  }
  return "{\"displayTimeUnit\":\"ms\",\"otherData\":{\"title\":" + json_quote(timeline.title) +
         "},\"traceEvents\":[" + events + "\n]}\n";
}

}  // namespace crstack::ui
