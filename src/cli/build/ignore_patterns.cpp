// SPDX-License-Identifier: MIT
#include "cli/build/ignore_patterns.hpp"

#include <fnmatch.h>

#include <span>

#include "crstack/base/text.hpp"

namespace crstack::cli {
namespace {

using Parts = std::span<const std::string>;

// Whether the pattern fits the path, or a directory that the path is in.
bool fits(Parts pattern, Parts path) {
  if (pattern.empty()) return true;
  if (pattern.front() == "**") {
    for (std::size_t skip = 0; skip <= path.size(); ++skip)
      if (fits(pattern.subspan(1), path.subspan(skip)) && (pattern.size() > 1 || skip > 0)) return true;
    return false;
  }
  if (path.empty() || fnmatch(pattern.front().c_str(), path.front().c_str(), 0) != 0) return false;
  return fits(pattern.subspan(1), path.subspan(1));
}

// `./a//b/` and `/a/b` as a, b.
std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  for (auto& part : split(path, '/')) {
    if (part == ".." && !parts.empty()) {
      parts.pop_back();
    } else if (!part.empty() && part != "." && part != "..") {
      parts.push_back(std::move(part));
    }
  }
  return parts;
}

}  // namespace

IgnorePatterns IgnorePatterns::parse(std::string_view text) {
  IgnorePatterns patterns;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  for (const auto& line : split(text, '\n'))
    if (!line.starts_with('#')) patterns.add(line);
  return patterns;
}

void IgnorePatterns::add(std::string_view pattern) {
  pattern = trim(pattern);
  Pattern result;
  result.exception = pattern.starts_with('!');
  if (result.exception) pattern = trim(pattern.substr(1));
  result.parts = parts_of(pattern);
  if (result.parts.empty()) return;
  exceptions_ = exceptions_ || result.exception;
  patterns_.push_back(std::move(result));
}

bool IgnorePatterns::ignores(std::string_view path) const {
  const auto parts = parts_of(path);
  bool ignored = false;
  for (const auto& pattern : patterns_)
    if (ignored == pattern.exception && fits(pattern.parts, parts)) ignored = !pattern.exception;
  return ignored;
}

}  // namespace crstack::cli
