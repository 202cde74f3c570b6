// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace crstack::cli {

enum class Answer { no, yes };

/// Whether the question is written, on standard output and without an end of its line, where the answer
/// comes from no terminal: docker compose does so with some.
enum class Piped { asked, silent };

enum class Unsaid { no, yes };  ///< what an empty line at a terminal means

/// Reads a line of standard input: y or yes. Nothing to read, or anything else, is no.
Answer read_answer(Unsaid unsaid = Unsaid::no);

/// Asks on standard error and reads the answer.
Answer confirm(const std::string& question, Piped piped = Piped::asked);

}  // namespace crstack::cli
