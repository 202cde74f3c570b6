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

constexpr double kWidth = 1000, kTop = 48, kLane = 24, kBar = 16, kRight = 70, kCharacter = 7.2;

constexpr std::string_view kStyle =
    "text{font:12px ui-monospace,monospace;fill:#24292f}.title{font-size:14px;font-weight:bold}"
    ".tick{fill:#6e7781}.grid{stroke:#d0d7de}.note{fill:#6e7781;font-size:11px}.hot{font-weight:bold;fill:#"
    "cf222e}"
    ".critical{stroke:#cf222e;stroke-width:2}"
    ".pull{fill:#a475f9}.build{fill:#c297ff}.create{fill:#54aeff}.start{fill:#f2b134}.wait{fill:#9fd8d3}"
    ".ready{fill:#4ac26b}.stop{fill:#ff9b80}.remove{fill:#d1838a}.other{fill:#afb8c1}";

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

class Picture {
 public:
  explicit Picture(const event::Timeline& timeline)
      : timeline_(timeline), lanes_(timeline_lanes(timeline)), length_(timeline_length(timeline)) {
    std::size_t longest = 8;
    for (const Lane& lane : lanes_) longest = std::max(longest, display_width(lane.name));
    left_ = static_cast<double>(std::min<std::size_t>(longest, 40)) * kCharacter + 24;
  }

  [[nodiscard]] std::string draw() const {
    std::string body = text_at(8, 18, "title", timeline_.title + ", " + format_elapsed(timeline_.total));
    body += axis();
    double y = kTop;
    for (const Lane& lane : lanes_) {
      body += draw_lane(lane, y);
      y += kLane;
    }
    body += legend(y + 22);
    y += 34;
    for (const Lane& lane : lanes_)
      for (const event::TimelineRow& bar : lane.bars)
        if (!bar.note.empty()) body += text_at(8, y += 16, "note", lane.name + ": " + bar.note);
    const std::string height = number(y + 12);
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

  [[nodiscard]] std::string axis() const {
    std::string out;
    const double bottom = kTop + kLane * static_cast<double>(lanes_.size());
    for (const Duration mark : timeline_marks(length_, 12)) {
      const std::string x = number(x_of(mark));
      out += "<line class=\"grid\" x1=\"" + x + "\" x2=\"" + x + "\" y1=\"" + number(kTop - 6) + "\" y2=\"" +
             number(bottom) + "\"/>\n" + text_at(x_of(mark) + 2, kTop - 10, "tick", mark_text(mark));
    }
    return out;
  }

  [[nodiscard]] std::string draw_lane(const Lane& lane, double y) const {
    std::string out = text_at(8, y + 16, lane.critical ? "hot" : "name", fit(lane.name, 40));
    Duration end{};
    for (const event::TimelineRow& bar : lane.bars) {
      const double x = x_of(bar.start);
      out += "<rect class=\"" + std::string(kind_word(bar.kind)) + (bar.critical ? " critical" : "") +
             "\" x=\"" + number(x) + "\" y=\"" + number(y + (kLane - kBar) / 2) + "\" width=\"" +
             number(std::max(x_of(bar.end) - x, 1.5)) + "\" height=\"" + number(kBar) +
             "\" rx=\"2\"><title>" + escaped(line_of(bar)) + "</title></rect>\n";
      end = std::max(end, bar.end);
    }
    return out + text_at(x_of(end) + 6, y + 16, "tick", format_elapsed(end));
  }

  [[nodiscard]] std::string legend(double y) const {
    std::array<bool, 9> used{};
    for (const event::TimelineRow& row : timeline_.rows) used[static_cast<std::size_t>(row.kind)] = true;
    std::string out;
    double x = 8;
    for (std::size_t kind = 0; kind < used.size(); ++kind) {
      if (!used[kind]) continue;
      const std::string word(kind_word(static_cast<event::TimelineKind>(kind)));
      out += "<rect class=\"" + word + "\" x=\"" + number(x) + "\" y=\"" + number(y - 10) +
             "\" width=\"12\" height=\"12\"/>\n" + text_at(x + 17, y, "tick", word);
      x += 34 + static_cast<double>(word.size()) * kCharacter;
    }
    return out + text_at(x, y, "hot", "red: the critical path");
  }

  const event::Timeline& timeline_;
  std::vector<Lane> lanes_;
  Duration length_;
  double left_ = 0;
};

bool ends_with(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

}  // namespace

std::string timeline_svg(const event::Timeline& timeline) {
  return Picture(timeline).draw();
}

std::string timeline_html(const event::Timeline& timeline) {
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" + escaped(timeline.title) +
      "</title>\n<style>body{font:14px system-ui,sans-serif;margin:2em;background:#fff;color:#24292f}"
      "svg{max-width:100%;height:auto}</style></head><body>\n" +
      timeline_svg(timeline);
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
