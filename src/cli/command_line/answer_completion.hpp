// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/context.hpp"

namespace crstack::cli {

enum class Descriptions { show, hide };

/// Makes a context of the global options; never used for a command that changes something.
using MakeContext = std::function<std::unique_ptr<Context>(Arguments global)>;

/// Answers what `docker` asks of its plugins when somebody presses Tab, and what scripts made by Go's cobra
/// ask:
/// `__complete WORD... PART`. One candidate a line, behind a tab what it is; then `:4` (no file names), `:0`
/// (file names) or `:8` (files with these extensions). A broken manifest has no candidates; it is no error.
std::string answer_completion(const std::vector<std::string>& words, Descriptions descriptions,
                              const MakeContext& make_context);

}  // namespace crstack::cli
