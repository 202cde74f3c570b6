// SPDX-License-Identifier: MIT
#include "crstack/ui/table.hpp"

#include <algorithm>
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
  return widths;
}

std::string Table::str() const {
  const std::vector<std::size_t> columns = widths();
  std::string out;
  for (const auto& row : rows_) {
    for (std::size_t column = 0; column + 1 < row.size(); ++column) out += pad(row[column], columns[column]);
    out += row.back();
    out += '\n';
  }
  return out;
}

}  // namespace crstack::ui
