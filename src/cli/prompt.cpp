// SPDX-License-Identifier: MIT
#include "cli/prompt.hpp"

#include <unistd.h>

#include <iostream>

#include "cli/context.hpp"
#include "crstack/base/text.hpp"

namespace crstack::cli {

Answer confirm(const std::string& question, Piped piped) {
  const bool typed = ::isatty(STDIN_FILENO) != 0;
  if (typed) write_error(question + " [yN] ");
  if (!typed && piped == Piped::asked) write_out(question);
  std::string line;
  if (!std::getline(std::cin, line) && typed) write_error("\n");
  const auto answer = to_lower(trim(line));
  return answer == "y" || answer == "yes" ? Answer::yes : Answer::no;
}

}  // namespace crstack::cli
