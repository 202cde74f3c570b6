// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace crstack::manifest {

/// The way from the root of a tree to a value, kept while walking down. Refers to keys of the tree.
class KeyPath {
 public:
  static constexpr std::string_view list_item = "[]";

  void push(std::string_view key) { steps_.push_back({key, 0, false}); }
  void push_index(std::size_t index) { steps_.push_back({list_item, index, true}); }
  void pop() { steps_.pop_back(); }

  [[nodiscard]] std::size_t size() const { return steps_.size(); }
  /// A key, or `[]` for any item of a list.
  [[nodiscard]] std::string_view operator[](std::size_t step) const { return steps_[step].key; }
  [[nodiscard]] std::string text() const;  ///< `services.web.ports[0]`

  /// Whether this is the way of `pattern`: keys between dots, `*` for any key, `[]` for any item of a list.
  [[nodiscard]] bool matches(std::string_view pattern) const;

 private:
  struct Step {
    std::string_view key;
    std::size_t index;
    bool is_item;
  };
  std::vector<Step> steps_;
};

}  // namespace crstack::manifest
