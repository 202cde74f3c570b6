// SPDX-License-Identifier: MIT
#include "cli/prompt.hpp"

#include <unistd.h>

#include <iostream>

#include "cli/context.hpp"
#include "crstack/base/text.hpp"

namespace crstack::cli {

Answer read_answer(Unsaid unsaid) {
  const bool typed = ::isatty(STDIN_FILENO) != 0;
  std::string line;
  const bool read = static_cast<bool>(std::getline(std::cin, line));
  const auto answer = to_lower(trim(line));
  if (read && answer.empty() && typed && unsaid == Unsaid::yes) return Answer::yes;
  return answer == "y" || answer == "yes" ? Answer::yes : Answer::no;
}

Answer confirm(const std::string& question, Piped piped) {
  const bool typed = ::isatty(STDIN_FILENO) != 0;
  if (typed) write_error(question + " [yN] ");
  if (!typed && piped == Piped::asked) write_out(question);
  const auto answer = read_answer();
  if (typed && std::cin.eof()) write_error("\n");
  return answer;
}

}  // namespace crstack::cli
