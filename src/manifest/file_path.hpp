// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

/// Paths as texts: no file system is touched.
namespace crstack::manifest {

bool is_absolute(std::string_view path);
/// The shortest path with the same meaning: no `.`, no `x/..`, no doubled or trailing slashes; `.` for
/// nothing.
std::string clean_path(std::string_view path);
/// `path` seen from `base`, cleaned; an absolute `path` stays itself.
std::string join_path(std::string_view base, std::string_view path);
/// All but the last part: `/a` of `/a/b`, `.` of `b`.
std::string directory_of(std::string_view path);
std::string base_name(std::string_view path);
/// How to get from directory `base` to `target`; both absolute or both relative.
std::string relative_to(std::string_view base, std::string_view target);

}  // namespace crstack::manifest
