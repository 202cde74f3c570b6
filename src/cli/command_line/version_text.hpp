// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace crstack::cli {

/// The docker compose release whose command line, names and hashes crstack keeps to. Scripts that compare
/// versions get this one when they call the program by docker compose's name.
inline constexpr const char* compose_version = "2.40.3";

/// One line: `form` is `pretty`, `short` or `json`.
std::string version_line(bool as_compose, std::string_view form);

/// `crstack version` and docker's plugin handshake, answered from `argv` without the rest of the program: it
/// takes a millisecond and touches neither manifest nor engine. Returns false where the command line asks for
/// anything else than a plain form of these.
bool answer_at_once(int argc, char** argv);

}  // namespace crstack::cli
