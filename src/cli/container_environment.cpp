// SPDX-License-Identifier: MIT
#include "cli/container_environment.hpp"

namespace crstack::cli {

std::vector<std::string> container_environment(const std::vector<std::string>& words,
                                               const Environment& caller) {
  std::vector<std::string> result;
  for (const auto& word : words) {
    const auto found = word.find('=') == std::string::npos ? caller.find(word) : caller.end();
    result.push_back(found == caller.end() ? word : word + "=" + found->second);
  }
  return result;
}

}  // namespace crstack::cli
