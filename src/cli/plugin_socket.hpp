// SPDX-License-Identifier: MIT
#pragma once

namespace crstack::cli {

/// As docker's plugin: without a terminal, docker tells its plugins of Ctrl-C and SIGTERM by closing a
/// connection (to DOCKER_CLI_PLUGIN_SOCKET) rather than by a signal. From here on that is a SIGINT to this
/// process; nothing happens where docker offers no such socket.
void follow_docker();

}  // namespace crstack::cli
