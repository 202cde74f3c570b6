// SPDX-License-Identifier: MIT
#include "crstack/ui/text.hpp"

#include <algorithm>
#include <cstdint>

#include "ui/utf8.hpp"

namespace crstack::ui {
namespace {

struct Range {
  char32_t first, last;
};

constexpr Range kNoWidth[] = {{0x0300, 0x036f}, {0x200b, 0x200f}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}};
constexpr Range kTwoColumns[] = {{0x1100, 0x115f},   {0x2e80, 0x303e},  {0x3041, 0x33ff}, {0x3400, 0x4dbf},
                                 {0x4e00, 0x9fff},   {0xa000, 0xa4cf},  {0xac00, 0xd7a3}, {0xf900, 0xfaff},
                                 {0xfe30, 0xfe6f},   {0xff00, 0xff60},  {0xffe0, 0xffe6}, {0x1f300, 0x1f64f},
                                 {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};

template <std::size_t N>
bool within(char32_t point, const Range (&ranges)[N]) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [point](const Range& range) { return point >= range.first && point <= range.last; });
}

std::size_t columns_of(char32_t point) {
  if (point < 0x300) return 1;
  if (within(point, kNoWidth)) return 0;
  return within(point, kTwoColumns) ? 2 : 1;
}

/// How many bytes the escape sequence at the start of `text` takes (CSI, OSC, or two characters).
std::size_t escape_length(std::string_view text) {
  if (text.size() < 2) return text.size();
  if (text[1] == '[') {
    std::size_t at = 2;
    while (at < text.size() && (text[at] < 0x40 || text[at] > 0x7e)) ++at;
    return std::min(at + 1, text.size());
  }
  if (text[1] != ']') return 2;
  const std::size_t end = text.find_first_of("\a\033", 2);
  if (end == std::string_view::npos) return text.size();
  return text[end] == '\a' ? end + 1 : std::min(end + 2, text.size());
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Utf8Point point = next_point(text);
    width += columns_of(point.value);
    text.remove_prefix(point.bytes);
  }
  return width;
}

std::string fit(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  std::size_t width = 0;
  std::size_t kept = 0;
  for (;;) {
    const Utf8Point point = next_point(text.substr(kept));
    width += columns_of(point.value);
    if (width > columns - 1) break;
    kept += point.bytes;
  }
  return std::string(text.substr(0, kept)) + "…";
}

std::string fit_end(std::string_view text, std::size_t columns) {
  std::size_t width = display_width(text);
  if (width <= columns) return std::string(text);
  if (columns == 0) return {};
  while (width > columns - 1) {
    const Utf8Point point = next_point(text);
    width -= columns_of(point.value);
    text.remove_prefix(point.bytes);
  }
  return "…" + std::string(text);
}

std::string pad(std::string_view text, std::size_t columns) {
  std::string out = fit(text, columns);
  out.append(columns - std::min(columns, display_width(out)), ' ');
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text.front());
    if (byte == 0x1b) {
      text.remove_prefix(escape_length(text));
      continue;
    }
    out += byte < 0x20 || byte == 0x7f ? ' ' : text.front();
    text.remove_prefix(1);
  }
  return out;
}

}  // namespace crstack::ui
