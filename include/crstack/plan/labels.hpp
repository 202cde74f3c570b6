// SPDX-License-Identifier: MIT
#pragma once

/// The labels by which docker compose and its friends know each other's containers, networks and volumes.
namespace crstack::plan::labels {

inline constexpr char prefix[] = "com.docker.compose";  ///< of all of them
inline constexpr char project[] = "com.docker.compose.project";
inline constexpr char service[] = "com.docker.compose.service";
inline constexpr char config_hash[] = "com.docker.compose.config-hash";
inline constexpr char container_number[] = "com.docker.compose.container-number";
inline constexpr char oneoff[] = "com.docker.compose.oneoff";  ///< `True` or `False`
inline constexpr char slug[] = "com.docker.compose.slug";      ///< of a one-off container
inline constexpr char depends_on[] = "com.docker.compose.depends_on";
inline constexpr char image[] = "com.docker.compose.image";  ///< ID of the image it was made from
inline constexpr char replace[] =
    "com.docker.compose.replace";  ///< name of the container it took the place of
inline constexpr char version[] = "com.docker.compose.version";
inline constexpr char working_dir[] = "com.docker.compose.project.working_dir";
inline constexpr char config_files[] = "com.docker.compose.project.config_files";
inline constexpr char environment_file[] = "com.docker.compose.project.environment_file";
inline constexpr char network[] = "com.docker.compose.network";
inline constexpr char volume[] = "com.docker.compose.volume";

/// What `version` says: the docker compose release whose behaviour these labels promise.
inline constexpr char version_value[] = "2.40.3";

}  // namespace crstack::plan::labels
