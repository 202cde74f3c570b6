// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace crstack::cli {

enum class Answer { no, yes };

/// Whether the question is written, on standard output and without an end of its line, where the answer
/// comes from no terminal: docker compose does so with some.
enum class Piped { asked, silent };

/// Asks on standard error and reads a line of standard input. Nothing to read, or anything but yes, is no.
Answer confirm(const std::string& question, Piped piped = Piped::asked);

}  // namespace crstack::cli
