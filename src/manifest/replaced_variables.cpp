// SPDX-License-Identifier: MIT
#include "replaced_variables.hpp"

#include <algorithm>
#include <vector>

#include "crstack/base/text.hpp"

namespace crstack::manifest {

namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// How far a value may reach that starts on one line, and what is too short to be taken for a value far
/// behind.
constexpr std::size_t far = 4096, short_value = 4;

std::vector<std::string_view> names_in(std::string_view text) {
  std::vector<std::string_view> names;
  for (auto at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
    const std::size_t start = at + (text.substr(at + 1, 1) == "{" ? 2 : 1);
    std::size_t end = start;
    while (end < text.size() && is_name_character(text[end])) ++end;
    if (end > start) names.push_back(text.substr(start, end - start));
  }
  return names;
}

/// The scalar that a text of YAML starts with, without its quotes.
std::string_view scalar_at_start(std::string_view text) {
  if (text.starts_with('"') || text.starts_with('\'')) {
    const auto close = text.find(text[0], 1);
    return text.substr(1, close == std::string_view::npos ? close : close - 1);
  }
  int open = 0;
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    const char c = text[end];
    open += (c == '{' ? 1 : 0) - (c == '}' ? 1 : 0);
    if (open < 0 || c == '\n' || (open == 0 && (c == ',' || c == ']' || text.substr(end, 2) == " #"))) break;
  }
  return trim(text.substr(0, end));
}

void replace_all(std::string& text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

}  // namespace

void ReplacedVariables::note(std::string_view name, const std::string& value) {
  if (value.empty()) return;
  auto known = values_.find(name);
  if (known == values_.end()) known = values_.emplace(name, std::set<std::string>{}).first;
  known->second.insert(value);
}

void ReplacedVariables::hide(std::string& quoted, std::string_view name, Distance distance) const {
  const auto known = values_.find(name);
  if (known == values_.end()) return;
  const std::string by = "${" + std::string(name) + '}';
  for (const std::string& value : known->second) {
    if (distance == Distance::far && value.size() < short_value) continue;
    if (distance == Distance::near && value.find(quoted) != std::string::npos) quoted = by;
    replace_all(quoted, value, by);
  }
}

std::string ReplacedVariables::hide_in(const std::string& message, std::string_view subject,
                                       std::string_view written) const {
  const auto near_names = names_in(written.substr(0, written.find('\n')));
  const auto far_names = names_in(written.substr(0, far));
  if (far_names.empty()) return message;
  std::string shown;
  std::size_t at = 0;
  while (at < message.size()) {
    const auto open = message.find('"', at);
    const auto close = open == std::string::npos ? open : message.find('"', open + 1);
    if (close == std::string::npos) break;
    std::string quoted = message.substr(open + 1, close - open - 1);
    if (!subject.starts_with(quoted)) {  // else it is a name in the manifest, or nothing
      for (const std::string_view name : near_names) hide(quoted, name, Distance::near);
      for (const std::string_view name : far_names) hide(quoted, name, Distance::far);
    }
    shown.append(message, at, open + 1 - at).append(quoted) += '"';
    at = close + 1;
  }
  return shown.append(message, at);
}

std::string ReplacedVariables::as_written(const std::string& text, std::string_view written) const {
  const auto scalar = scalar_at_start(written);
  const auto names = names_in(scalar);
  const bool replaced = std::any_of(names.begin(), names.end(),
                                    [this](std::string_view name) { return values_.contains(name); });
  return replaced ? std::string(scalar) : text;
}

}  // namespace crstack::manifest
