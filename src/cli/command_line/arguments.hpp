// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line/option.hpp"

namespace crstack::cli {

/// What the user wrote, checked against a command's options. Asking for a key that the command does not have
/// is a programmer's error (std::logic_error), so that a misspelt key can't read as "not given".
class Arguments {
 public:
  Arguments() = default;
  explicit Arguments(Options options) : options_(options) {}

  [[nodiscard]] bool given(std::string_view key) const;
  /// A flag's value; false where it was not given.
  [[nodiscard]] bool flag(std::string_view key) const;
  /// A flag whose default is not false.
  [[nodiscard]] bool flag_or(std::string_view key, bool fallback) const;
  [[nodiscard]] std::optional<std::string> text(std::string_view key) const;
  [[nodiscard]] std::string text_or(std::string_view key, std::string_view fallback) const;
  [[nodiscard]] std::optional<int> number(std::string_view key) const;
  [[nodiscard]] std::vector<std::string> list(std::string_view key) const;
  [[nodiscard]] const std::vector<std::string>& positional() const { return positional_; }

  void add(std::string_view key, std::string value) { values_[std::string(key)].push_back(std::move(value)); }
  void add_positional(std::string value) { positional_.push_back(std::move(value)); }

 private:
  [[nodiscard]] const std::vector<std::string>* find(std::string_view key) const;

  Options options_;
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
  std::vector<std::string> positional_;
};

}  // namespace crstack::cli
