// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace crstack::manifest {

enum class Width { bits32, bits64 };
enum class Notation { fixed, scientific };

/// The shortest decimal text that reads back as the same finite number of that width; its exponent, if it has
/// one, of two digits or more.
std::string shortest_text(double value, Width width, Notation notation);

}  // namespace crstack::manifest
