// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "cli/command_line/option_parser.hpp"

namespace crstack::cli {

/// The words of a command line as CLI11 reads them. It takes `--name=` for a missing value and knows no `=`
/// behind a letter: `--name=` becomes two words, `-n=5` becomes `-n5`, `-Td=false` becomes `-T
/// --detach=false`. Values, and what stands behind the options, stay as they are.
std::vector<std::string> plain_words(Options options, const std::vector<std::string>& words,
                                     Interspersed interspersed);

}  // namespace crstack::cli
