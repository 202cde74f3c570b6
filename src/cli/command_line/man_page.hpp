// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace crstack::cli {

/// The manual page crstack(1) in roff, made from the command table.
std::string man_page();

}  // namespace crstack::cli
