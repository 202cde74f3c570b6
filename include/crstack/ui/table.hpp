// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace crstack::ui {

/// How a table is laid out, with the defaults of `ps`.
struct TableLayout {
  std::size_t min_width = 10;  ///< of each column but the last, padding included (`images` has 20)
  std::size_t padding = 3;     ///< spaces between columns
  std::size_t max_width =
      0;  ///< of a line; 0: as long as need be. Give the terminal's width only where it is one
};

/// A table as the docker CLI prints it: left-aligned columns, no rules. Where it has to fit a width, the
/// widest columns are shortened with `…` first, none below its heading, and the first, which names the row,
/// not at all.
class Table {
 public:
  explicit Table(std::vector<std::string> headings, TableLayout layout = {});
  /// A row with fewer cells than headings is filled with empty ones. Control characters become spaces.
  void add(std::vector<std::string> cells);
  /// The whole text, each line ended.
  [[nodiscard]] std::string str() const;

 private:
  [[nodiscard]] std::vector<std::size_t> widths() const;
  std::vector<std::vector<std::string>> rows_;
  TableLayout layout_;
};

}  // namespace crstack::ui
