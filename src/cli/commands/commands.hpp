// SPDX-License-Identifier: MIT
#pragma once

#include "cli/command_line/command.hpp"

/// The rows of the command table; each is defined in the file of its name.
namespace crstack::cli {

extern const Command alpha_command;
extern const Command alpha_generate_command;
extern const Command alpha_publish_command;
extern const Command alpha_viz_command;
extern const Command attach_command;
extern const Command bridge_command;
extern const Command bridge_convert_command;
extern const Command bridge_transformations_command;
extern const Command bridge_transformations_create_command;
extern const Command bridge_transformations_list_command;
extern const Command build_command;
extern const Command commit_command;
extern const Command completion_command;
extern const Command config_command;
extern const Command cp_command;
extern const Command create_command;
extern const Command down_command;
extern const Command events_command;
extern const Command exec_command;
extern const Command export_command;
extern const Command graph_command;
extern const Command help_command;
extern const Command images_command;
extern const Command kill_command;
extern const Command logs_command;
extern const Command ls_command;
extern const Command man_command;
extern const Command pause_command;
extern const Command port_command;
extern const Command ps_command;
extern const Command publish_command;
extern const Command pull_command;
extern const Command push_command;
extern const Command restart_command;
extern const Command rm_command;
extern const Command run_command;
extern const Command scale_command;
extern const Command start_command;
extern const Command stats_command;
extern const Command stop_command;
extern const Command timeline_command;
extern const Command top_command;
extern const Command unpause_command;
extern const Command up_command;
extern const Command version_command;
extern const Command volumes_command;
extern const Command wait_command;
extern const Command watch_command;

}  // namespace crstack::cli
