// SPDX-License-Identifier: MIT
#include "file_path.hpp"

#include <vector>

namespace crstack::manifest {

namespace {

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  const bool absolute = is_absolute(path);
  while (!path.empty()) {
    const std::string_view part = path.substr(0, path.find('/'));
    path.remove_prefix(part.size() < path.size() ? part.size() + 1 : part.size());
    if (part.empty() || part == ".") continue;
    if (part != "..")
      parts.push_back(part);
    else if (!parts.empty() && parts.back() != "..")
      parts.pop_back();
    else if (!absolute)
      parts.push_back(part);
  }
  return parts;
}

std::string from_parts(const std::vector<std::string_view>& parts, bool absolute) {
  std::string path;
  for (const std::string_view part : parts) {
    if (absolute || !path.empty()) path += '/';
    path += part;
  }
  if (path.empty()) path = absolute ? "/" : ".";
  return path;
}

}  // namespace

bool is_absolute(std::string_view path) {
  return !path.empty() && path[0] == '/';
}

std::string clean_path(std::string_view path) {
  return from_parts(parts_of(path), is_absolute(path));
}

std::string join_path(std::string_view base, std::string_view path) {
  if (is_absolute(path) || base.empty()) return clean_path(path);
  return clean_path(std::string(base) + '/' + std::string(path));
}

std::string directory_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? "." : clean_path(path.substr(0, slash + 1));
}

std::string base_name(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  return std::string(path.substr(path.rfind('/') + 1));
}

std::string relative_to(std::string_view base, std::string_view target) {
  const auto from = parts_of(base);
  const auto to = parts_of(target);
  std::size_t common = 0;
  while (common < from.size() && common < to.size() && from[common] == to[common]) ++common;
  std::vector<std::string_view> parts(from.size() - common, "..");
  parts.insert(parts.end(), to.begin() + static_cast<std::ptrdiff_t>(common), to.end());
  return from_parts(parts, false);
}

}  // namespace crstack::manifest
