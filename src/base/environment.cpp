// SPDX-License-Identifier: MIT
#include "crstack/base/environment.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "crstack/base/text.hpp"

namespace crstack {

std::string variable(const Environment& environment, const std::string& name) {
  return value_of(environment, name);
}

bool switched_off(const Environment& environment, const std::string& name) {
  constexpr std::array<std::string_view, 6> words = {"0", "f", "F", "false", "False", "FALSE"};
  return std::find(words.begin(), words.end(), variable(environment, name)) != words.end();
}

std::string cache_home(const Environment& environment) {
  if (auto cache = variable(environment, "XDG_CACHE_HOME"); !cache.empty()) return cache;
  const auto home = variable(environment, "HOME");
  return home.empty() ? "" : home + "/.cache";
}

}  // namespace crstack
