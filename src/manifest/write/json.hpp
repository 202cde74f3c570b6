// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crstack/manifest/write.hpp"
#include "layout.hpp"

namespace crstack::manifest::write {

/// Writes JSON as Go's encoder does: `<`, `>` and `&` are escaped, as are U+2028 and U+2029, and bytes that
/// are no UTF-8 become U+FFFD.
class JsonWriter {
 public:
  JsonWriter(Indentation indentation, Dollars dollars) : indentation_(indentation), dollars_(dollars) {}

  /// Leaves these keys of the outermost map out.
  void hide(std::span<const std::string_view> keys) { hidden_ = keys; }

  /// Writes a tree that isn't finished: there, an empty list is null unless items of its key replace one
  /// another.
  std::string write_raw(const Node& node) {
    raw_ = true;
    return write(node, {});
  }

  std::string write(const Node& node, const Plan& plan) {
    value(node, plan);
    return std::move(out_);
  }

 private:
  void value(const Node& node, const Plan& plan);
  void list(const Node& node, const Plan& plan);
  void map(const Node& node, const Plan& plan);
  void text(std::string_view value);
  void character(char c);
  void line();
  [[nodiscard]] bool is_hidden(std::string_view key) const;

  Indentation indentation_;
  Dollars dollars_;
  std::string out_;
  std::size_t depth_ = 0;
  bool raw_ = false;
  std::vector<std::string_view> path_;  ///< of keys, where the tree is raw
  std::span<const std::string_view> hidden_{};
};

}  // namespace crstack::manifest::write
