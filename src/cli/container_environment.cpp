// SPDX-License-Identifier: MIT
#include "cli/container_environment.hpp"

namespace crstack::cli {

std::vector<std::string> container_environment(const std::vector<std::string>& words,
                                               const std::map<std::string, std::string>& caller) {
  std::vector<std::string> result;
  for (const auto& word : words) {
    if (word.find('=') != std::string::npos) {
      result.push_back(word);
    } else if (const auto found = caller.find(word); found != caller.end()) {
      result.push_back(word + "=" + found->second);
    }
  }
  return result;
}

}  // namespace crstack::cli
