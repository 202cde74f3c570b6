// SPDX-License-Identifier: MIT
#include "crstack/ui/table.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "crstack/ui/text.hpp"

namespace crstack::ui {

Table::Table(std::vector<std::string> headings, TableLayout layout) : layout_(layout) {
  rows_.push_back(std::move(headings));
}

void Table::add(std::vector<std::string> cells) {
  cells.resize(rows_.front().size());
  for (std::string& cell : cells) cell = printable(cell);
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> Table::widths() const {
  const std::size_t columns = rows_.front().size();
  std::vector<std::size_t> widths(columns, 0);
  for (std::size_t column = 0; column < columns; ++column) {
    for (const auto& row : rows_) widths[column] = std::max(widths[column], display_width(row[column]));
    if (column + 1 < columns) widths[column] = std::max(widths[column] + layout_.padding, layout_.min_width);
  }
  if (layout_.max_width == 0) return widths;
  std::size_t total = std::accumulate(widths.begin(), widths.end(), std::size_t{0});
  while (total > layout_.max_width) {  // takes from the column that is furthest above its heading
    std::size_t widest = 0;
    std::size_t spare = 0;
    for (std::size_t column = 1; column < columns; ++column) {
      const std::size_t least =
          display_width(rows_.front()[column]) + (column + 1 < columns ? layout_.padding : 0);
      const std::size_t excess = widths[column] - std::min(widths[column], least);
      if (excess > spare) spare = excess, widest = column;
    }
    if (spare == 0) break;
    --widths[widest];
    --total;
  }
  return widths;
}

std::string Table::str() const {
  const std::vector<std::size_t> columns = widths();
  std::string out;
  for (const auto& row : rows_) {
    for (std::size_t column = 0; column + 1 < row.size(); ++column) {
      const std::string cell = fit(row[column], columns[column] - layout_.padding);
      out += pad(cell, columns[column]);
    }
    out += fit(row.back(), columns.back());
    out += '\n';
  }
  return out;
}

}  // namespace crstack::ui
