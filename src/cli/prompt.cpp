// SPDX-License-Identifier: MIT
#include "cli/prompt.hpp"

#include <iostream>

#include "cli/context.hpp"
#include "crstack/base/text.hpp"

namespace crstack::cli {

Answer confirm(const std::string& question) {
  write_error(question + " [yN] ");
  std::string line;
  if (!std::getline(std::cin, line)) write_error("\n");
  const auto answer = to_lower(trim(line));
  return answer == "y" || answer == "yes" ? Answer::yes : Answer::no;
}

}  // namespace crstack::cli
