// SPDX-License-Identifier: MIT
#pragma once

#include "cli/command.hpp"

/// The rows of the command table; each is defined in the file of its name.
namespace crstack::cli {

extern const Command completion_command;
extern const Command help_command;
extern const Command volumes_command;
extern const Command ps_command;
extern const Command port_command;
extern const Command ls_command;
extern const Command images_command;
extern const Command graph_command;
extern const Command man_command;
extern const Command version_command;

}  // namespace crstack::cli
