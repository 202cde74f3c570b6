// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "template.hpp"

namespace crstack::manifest {

/// What an env file says, and what is wrong with it.
struct EnvFile {
  struct Variable {
    std::string name, value;
    std::uint32_t line;
  };
  struct Problem {
    std::uint32_t line;
    std::string message;  ///< never with a value from the file
  };
  std::vector<Variable> variables;  ///< in order; a name given twice stands twice
  std::vector<Problem> problems;
  std::vector<std::pair<std::uint32_t, std::string>> unset;  ///< line and name of variables without a value
};

/// Reads the `.env` syntax: `NAME=value`, `NAME: value`, `export NAME=value`, a bare `NAME` that takes its
/// value from `lookup`, `#` comments, single quotes (taken as they are), double quotes (escapes and
/// variables), texts over several lines (Compose Specification, section "env_file", and the guide to `.env`
/// files). Variables are looked up in `lookup` first, then among those that stand above.
EnvFile parse_env_file(std::string_view text, const Lookup& lookup, const Lookup& earlier = {});

/// Reads `format: raw`: `NAME=value` by the line, nothing replaced, no quotes; a bare NAME is looked up.
EnvFile parse_raw_env_file(std::string_view text, const Lookup& lookup);

}  // namespace crstack::manifest
