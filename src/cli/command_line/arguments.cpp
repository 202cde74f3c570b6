// SPDX-License-Identifier: MIT
#include "cli/command_line/arguments.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace crstack::cli {

const std::vector<std::string>* Arguments::find(std::string_view key) const {
  if (auto found = values_.find(key); found != values_.end()) return &found->second;
  const bool known =
      std::any_of(options_.begin(), options_.end(), [&](const Option& row) { return key_of(row) == key; });
  if (!known) throw std::logic_error("the command has no option " + std::string(key));
  return nullptr;
}

bool Arguments::given(std::string_view key) const {
  return find(key) != nullptr;
}

bool Arguments::flag_or(std::string_view key, bool fallback) const {
  const auto* values = find(key);
  return values != nullptr ? values->back() == "true" : fallback;
}

bool Arguments::flag(std::string_view key) const {
  return flag_or(key, false);
}

std::optional<std::string> Arguments::text(std::string_view key) const {
  const auto* values = find(key);
  return values != nullptr ? std::optional(values->back()) : std::nullopt;
}

std::string Arguments::text_or(std::string_view key, std::string_view fallback) const {
  return text(key).value_or(std::string(fallback));
}

std::optional<int> Arguments::number(std::string_view key) const {
  const auto value = text(key);
  if (!value) return std::nullopt;
  int result = 0;
  std::from_chars(value->data(), value->data() + value->size(), result);
  return result;
}

std::vector<std::string> Arguments::list(std::string_view key) const {
  const auto* values = find(key);
  return values != nullptr ? *values : std::vector<std::string>{};
}

}  // namespace crstack::cli
