// SPDX-License-Identifier: MIT
#include "ui/tty_frame.hpp"

#include <algorithm>

#include "crstack/base/units.hpp"
#include "crstack/ui/text.hpp"

namespace crstack::ui {
namespace {

constexpr std::string_view kSpinner[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
constexpr std::size_t kGlyph = 3;    // " ✔ "
constexpr std::size_t kGap = 2;      // between title, words and time
constexpr std::size_t kElapsed = 7;  // "59m 59s"

struct Columns {
  std::size_t title = 0, words = 0, total = 0;
  bool elapsed = true;
};

std::string painted(std::string_view text, std::string_view colour, Colours colours) {
  if (colours == Colours::off || colour.empty() || text.empty()) return std::string(text);
  return "\033[" + std::string(colour) + "m" + std::string(text) + "\033[0m";
}

std::string_view colour_of(RowState state) {
  switch (state) {
    case RowState::waiting:
      return "2";
    case RowState::working:
      return "33";
    case RowState::done:
      return "32";
    case RowState::failed:
      return "31";
    case RowState::warned:
      return "35";
  }
  return {};
}

std::string_view glyph_of(RowState state, unsigned tick) {
  switch (state) {
    case RowState::waiting:
      return "·";
    case RowState::working:
      return kSpinner[tick % std::size(kSpinner)];
    case RowState::done:
      return "✔";
    case RowState::failed:
      return "✘";
    case RowState::warned:
      return "!";
  }
  return " ";
}

bool over(const Row& row) {
  return row.state != RowState::waiting && row.state != RowState::working;
}

std::string words_of(const Row& row) {
  return row.detail.empty() ? row.status : row.status + " " + row.detail;
}

/// How the width is shared: the time has its place at the right; the title gets what the words don't need, at
/// least half.
Columns share_out(const std::vector<Row>& rows, int columns) {
  const auto usable = static_cast<std::size_t>(std::max(columns, 10) - 1);
  Columns out;
  std::size_t words = 0;
  for (const Row& row : rows) {
    out.title = std::max(out.title, display_width(row.title));
    words = std::max(words, display_width(words_of(row)));
  }
  out.elapsed = usable >= 40;
  const std::size_t fixed = kGlyph + kGap + (out.elapsed ? kGap + kElapsed : 0);
  const std::size_t room = usable - std::min(usable, fixed);
  out.title = std::min(out.title, std::max(room / 2, room - std::min(room, words)));
  out.words = std::min(words, room - out.title);
  return out;
}

std::string layout_row(const Row& row, const Columns& columns, const FrameLook& look) {
  const std::string_view colour = colour_of(row.state);
  const std::string status = fit(row.status, columns.words);
  const std::size_t left = columns.words - display_width(status);
  const std::string detail = row.detail.empty() || left < 2 ? std::string() : " " + fit(row.detail, left - 1);
  std::string out = " " + painted(glyph_of(row.state, look.tick), colour, look.colours) + " " +
                    pad(fit_end(row.title, columns.title), columns.title) + std::string(kGap, ' ') +
                    painted(status, colour, look.colours) + painted(detail, "2", look.colours);
  if (!columns.elapsed) return out;
  const std::string elapsed = format_elapsed(row.elapsed);
  const std::size_t fill =
      left - display_width(detail) + kGap + kElapsed - std::min(kElapsed, elapsed.size());
  return out + std::string(fill, ' ') + painted(elapsed, "34", look.colours);
}

/// Which rows are shown where only `room` fit, one of which says how many are not.
std::vector<bool> choose(const std::vector<Row>& rows, std::size_t room) {
  std::vector<bool> shown(rows.size(), false);
  std::size_t left = room;
  const auto take = [&](auto wanted) {
    for (std::size_t at = rows.size(); at-- > 0 && left > 0;)
      if (!shown[at] && wanted(rows[at])) shown[at] = true, --left;
  };
  take([](const Row& row) { return row.state == RowState::failed; });
  take([](const Row& row) { return row.state == RowState::working; });
  take([](const Row& row) { return !over(row); });
  take([](const Row&) { return true; });
  return shown;
}

}  // namespace

std::vector<std::string> layout_frame(const std::vector<Row>& rows, const FrameLook& look) {
  const auto done = static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), over));
  const auto fits = static_cast<std::size_t>(std::max(look.size.rows - 2, 1));
  const bool all = look.last || rows.size() <= fits;
  const std::vector<bool> shown = all ? std::vector<bool>(rows.size(), true) : choose(rows, fits - 1);
  const Columns columns = share_out(rows, look.size.columns);

  std::vector<std::string> lines;
  const std::string header =
      "[+] " + std::string(look.title) + " " + std::to_string(done) + "/" + std::to_string(rows.size());
  lines.push_back(painted(header, done == rows.size() ? "34" : "", look.colours));
  std::size_t hidden = 0;
  std::size_t hidden_done = 0;
  for (std::size_t at = 0; at < rows.size(); ++at) {
    if (shown[at]) {
      lines.push_back(layout_row(rows[at], columns, look));
    } else {
      ++hidden;
      hidden_done += over(rows[at]) ? 1 : 0;
    }
  }
  if (hidden > 0) {
    const std::string more =
        "   … " + std::to_string(hidden) + " more, " + std::to_string(hidden_done) + " done";
    lines.push_back(
        painted(fit(more, static_cast<std::size_t>(std::max(look.size.columns - 1, 1))), "2", look.colours));
  }
  return lines;
}

}  // namespace crstack::ui
