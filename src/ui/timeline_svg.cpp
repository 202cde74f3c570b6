// SPDX-License-Identifier: MIT
// The timeline as a picture. Everything that the picture needs is in it.
#include <algorithm>
#include <array>
#include <cstdio>

#include "crstack/base/units.hpp"
#include "crstack/ui/text.hpp"
#include "crstack/ui/timeline.hpp"
#include "ui/timeline_lanes.hpp"

namespace crstack::ui {
namespace {

constexpr double kWidth = 1000, kTop = 64, kLane = 26, kBar = 16, kRight = 64, kCharacter = 7.3,
                 kSmallCharacter = 6.7;

constexpr std::string_view kStyle =
    "text{font:12px ui-monospace,'DejaVu Sans "
    "Mono',monospace;fill:#24292f}.title{font-size:15px;font-weight:bold}"
    ".tick{fill:#6e7781;font-size:11px}.grid{stroke:#d8dee4}.band{fill:#f6f8fa}"
    ".tick,.note{paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}"
    ".note{fill:#57606a;font-size:11px;font-style:italic}.hot{font-weight:bold;fill:#cf222e}"
    ".critical{stroke:#cf222e;stroke-width:2}.link{fill:none;stroke:#cf222e;stroke-width:1.5;stroke-"
    "dasharray:3 2}"
    ".pull{fill:#a475f9}.build{fill:#c297ff}.create{fill:#54aeff}.start{fill:#f2b134}.wait{fill:#9fd8d3}"
    ".ready{fill:#2da44e;stroke:#fff}.failed{fill:#cf222e;stroke:#fff}.stop{fill:#ff9b80}.remove{fill:#"
    "d1838a}.other{fill:#afb8c1}";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char character : printable(text)) {
    switch (character) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += character;
    }
  }
  return out;
}

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

std::string text_at(double x, double y, std::string_view style, std::string_view text) {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" class=\"" + std::string(style) + "\">" +
         escaped(text) + "</text>\n";
}

std::string line_of(const event::TimelineRow& bar) {
  std::string out = bar.name + ": " + std::string(kind_word(bar.kind)) + " " +
                    format_elapsed(bar.end - bar.start) + " (from " + format_elapsed(bar.start) + " to " +
                    format_elapsed(bar.end) + ")";
  if (!bar.note.empty()) out += "; " + bar.note;
  return out;
}

/// Whether the critical path stands in words below the chart.
enum class InWords { yes, no };

class Picture {
 public:
  Picture(const event::Timeline& timeline, InWords in_words)
      : timeline_(timeline),
        in_words_(in_words),
        lanes_(timeline_lanes(timeline)),
        length_(timeline_length(timeline)) {
    std::size_t longest = 8;
    for (const Lane& lane : lanes_) longest = std::max(longest, display_width(lane.name));
    left_ = static_cast<double>(std::min<std::size_t>(longest, 40)) * kCharacter + 28;
  }

  [[nodiscard]] std::string draw() const {
    const double bottom = kTop + kLane * static_cast<double>(lanes_.size());
    const bool idle = timeline_.rows.empty();
    std::string body = text_at(
        10, 26, "title",
        timeline_.title + ", " + format_elapsed(timeline_.total) + (idle ? ": nothing was to be done" : ""));
    body += bands() + axis(bottom) + links();
    for (std::size_t at = 0; at < lanes_.size(); ++at) body += draw_lane(lanes_[at], y_of(at));
    double y = bottom + (is_tall() ? 44 : 26);
    body += legend(y);
    y += 8;
    for (const std::string& line : below()) body += text_at(10, y += 17, "note", line);
    const std::string height = number(y + 14);
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(kWidth) + " " + height +
           "\" width=\"" + number(kWidth) + "\" height=\"" + height + "\" role=\"img\">\n<title>" +
           escaped(timeline_.title) + "</title>\n<style>" + std::string(kStyle) +
           "</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n" + body + "</svg>\n";
  }

 private:
  [[nodiscard]] double x_of(Duration time) const {
    return left_ + (kWidth - left_ - kRight) * static_cast<double>(time.count()) /
                       static_cast<double>(length_.count());
  }

  /// The axis above is out of sight at the lower end: there is another one.
  [[nodiscard]] bool is_tall() const { return lanes_.size() > 30; }

  static double y_of(std::size_t lane) { return kTop + kLane * static_cast<double>(lane); }

  /// Every second lane stands on a grey band, so that the eye finds the name that a bar belongs to.
  [[nodiscard]] std::string bands() const {
    std::string out;
    for (std::size_t at = 0; at < lanes_.size(); at += 2)
      out += "<rect class=\"band\" x=\"0\" y=\"" + number(y_of(at)) + "\" width=\"" + number(kWidth) +
             "\" height=\"" + number(kLane) + "\"/>\n";
    return out;
  }

  [[nodiscard]] std::string axis(double bottom) const {
    std::string out;
    for (const Duration mark : timeline_marks(length_, 12)) {
      const std::string x = number(x_of(mark));
      out += "<line class=\"grid\" x1=\"" + x + "\" x2=\"" + x + "\" y1=\"" + number(kTop - 6) + "\" y2=\"" +
             number(bottom) + "\"/>\n" + text_at(x_of(mark) - 2, kTop - 12, "tick", mark_text(mark));
      if (is_tall()) out += text_at(x_of(mark) - 2, bottom + 14, "tick", mark_text(mark));
    }
    return out;
  }

  /// From the end of each critical bar to the start of the next, where that is on another lane.
  [[nodiscard]] std::string links() const {
    struct End {
      const event::TimelineRow* bar;
      std::size_t lane;
    };
    std::vector<End> chain;
    for (std::size_t at = 0; at < lanes_.size(); ++at)
      for (const event::TimelineRow& bar : lanes_[at].bars)
        if (bar.critical) chain.push_back({&bar, at});
    std::stable_sort(chain.begin(), chain.end(),
                     [](const End& left, const End& right) { return left.bar->start < right.bar->start; });
    std::string out;
    for (std::size_t at = 1; at < chain.size(); ++at) {
      if (chain[at - 1].lane == chain[at].lane) continue;
      out += "<path class=\"link\" d=\"M" + number(x_of(chain[at - 1].bar->end)) + " " +
             number(y_of(chain[at - 1].lane) + kLane / 2) + " V" + number(y_of(chain[at].lane) + kLane / 2) +
             " H" + number(x_of(chain[at].bar->start)) + "\"/>\n";
    }
    return out;
  }

  static bool is_point(event::TimelineKind kind) {
    return kind == event::TimelineKind::ready || kind == event::TimelineKind::failed;
  }

  [[nodiscard]] std::string draw_bar(const event::TimelineRow& bar, double y) const {
    const double x = x_of(bar.start);
    const std::string title = "<title>" + escaped(line_of(bar)) + "</title>";
    if (is_point(bar.kind))
      return "<circle class=\"" + std::string(kind_word(bar.kind)) + "\" cx=\"" + number(x) + "\" cy=\"" +
             number(y + kLane / 2) + "\" r=\"5\">" + title + "</circle>\n";
    return "<rect class=\"" + std::string(kind_word(bar.kind)) + (bar.critical ? " critical" : "") +
           "\" x=\"" + number(x) + "\" y=\"" + number(y + (kLane - kBar) / 2) + "\" width=\"" +
           number(std::max(x_of(bar.end) - x, 1.5)) + "\" height=\"" + number(kBar) + "\" rx=\"3\">" + title +
           "</rect>\n";
  }

  [[nodiscard]] std::string draw_lane(const Lane& lane, double y) const {
    std::string out = text_at(10, y + 17, lane.critical ? "hot" : "name", fit(lane.name, 40));
    for (const event::TimelineRow& bar : lane.bars) out += draw_bar(bar, y);
    out += text_at(x_of(lane_end(lane)) + 9, y + 17, "tick", format_elapsed(lane_end(lane)));
    if (const event::TimelineRow* noted = noted_of(lane); noted != nullptr && fits(lane, noted->note))
      out += text_at(note_x(lane), y + 17, "note", noted->note);
    return out;
  }

  static Duration lane_end(const Lane& lane) {
    Duration end{};
    for (const event::TimelineRow& bar : lane.bars) end = std::max(end, bar.end);
    return end;
  }

  static const event::TimelineRow* noted_of(const Lane& lane) {
    const auto found = std::find_if(lane.bars.begin(), lane.bars.end(),
                                    [](const event::TimelineRow& bar) { return !bar.note.empty(); });
    return found == lane.bars.end() ? nullptr : &*found;
  }

  /// A note stands behind its lane's end where there is room, else below the chart.
  [[nodiscard]] double note_x(const Lane& lane) const { return x_of(lane_end(lane)) + 62; }
  [[nodiscard]] bool fits(const Lane& lane, const std::string& note) const {
    return note_x(lane) + static_cast<double>(display_width(note)) * kSmallCharacter < kWidth - 4;
  }

  /// The lines below the chart: the critical path in words, and the notes that had no room.
  [[nodiscard]] std::vector<std::string> below() const {
    constexpr std::size_t longest = static_cast<std::size_t>((kWidth - 20) / kSmallCharacter);
    std::vector<std::string> lines;
    for (const std::string& step :
         in_words_ == InWords::yes ? critical_steps(timeline_) : std::vector<std::string>()) {
      const bool first = lines.empty();
      const std::string next = (first ? "critical path: " : " → ") + step;
      if (first || display_width(lines.back() + next) > longest) {
        lines.push_back(first ? next : "   " + next);
      } else {
        lines.back() += next;
      }
    }
    for (const Lane& lane : lanes_)
      if (const auto* noted = noted_of(lane); noted != nullptr && !fits(lane, noted->note))
        lines.push_back(lane.name + ": " + noted->note);
    return lines;
  }

  [[nodiscard]] std::string legend(double y) const {
    std::array<bool, 10> used{};
    for (const event::TimelineRow& row : timeline_.rows) used[static_cast<std::size_t>(row.kind)] = true;
    std::string out;
    double x = 10;
    for (std::size_t kind = 0; kind < used.size(); ++kind) {
      if (!used[kind]) continue;
      const std::string word(kind_word(static_cast<event::TimelineKind>(kind)));
      out += "<rect class=\"" + word + "\" x=\"" + number(x) + "\" y=\"" + number(y - 10) +
             "\" width=\"12\" height=\"12\" rx=\"" +
             (is_point(static_cast<event::TimelineKind>(kind)) ? "6" : "2") + "\"/>\n" +
             text_at(x + 18, y, "tick", word);
      x += 38 + static_cast<double>(word.size()) * kSmallCharacter;
    }
    return out + "<rect class=\"critical\" fill=\"none\" x=\"" + number(x + 1) + "\" y=\"" + number(y - 10) +
           "\" width=\"12\" height=\"12\" rx=\"2\"/>\n" + text_at(x + 20, y, "tick", "critical path");
  }

  const event::Timeline& timeline_;
  InWords in_words_;
  std::vector<Lane> lanes_;
  Duration length_;
  double left_ = 0;
};

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

std::string timeline_svg(const event::Timeline& timeline) {
  return Picture(timeline, InWords::yes).draw();
}

std::string timeline_html(const event::Timeline& timeline) {
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + escaped(timeline.title) +
      "</title>\n<style>body{font:14px system-ui,sans-serif;margin:2em;background:#fff;color:#24292f}"
      "svg{max-width:100%;height:auto}</style></head><body>\n" +
      Picture(timeline, InWords::no).draw();
  const std::vector<std::string> critical = critical_steps(timeline);
  if (!critical.empty()) out += "<h2>What decided how long it took</h2>\n<ol>\n";
  for (const std::string& step : critical) out += "<li>" + escaped(step) + "</li>\n";
  if (!critical.empty()) out += "</ol>\n";
  return out + "</body></html>\n";
}

std::string timeline_for_file(const event::Timeline& timeline, const std::string& path) {
  if (ends_with(path, ".svg")) return timeline_svg(timeline);
  if (ends_with(path, ".json")) return timeline_trace(timeline);
  return timeline_html(timeline);
}

}  // namespace crstack::ui
