// SPDX-License-Identifier: MIT
#include "key_path.hpp"

namespace crstack::manifest {

std::string KeyPath::text() const {
  std::string text;
  for (const Step& step : steps_) {
    if (step.is_item) {
      text += '[' + std::to_string(step.index) + ']';
    } else {
      if (!text.empty()) text += '.';
      text += step.key;
    }
  }
  return text;
}

bool KeyPath::matches(std::string_view pattern) const {
  std::size_t at = 0;
  for (const Step& step : steps_) {
    if (at > pattern.size()) return false;
    const std::string_view part = pattern.substr(at, pattern.find('.', at) - at);
    const bool any = part == "*" && !step.is_item;
    if (!any && part != step.key) return false;
    at += part.size() + 1;
  }
  return at == pattern.size() + 1;
}

}  // namespace crstack::manifest
