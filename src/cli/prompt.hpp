// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace crstack::cli {

enum class Answer { no, yes };

/// Asks on standard error and reads a line of standard input. Nothing to read, or anything but yes, is no.
Answer confirm(const std::string& question);

}  // namespace crstack::cli
