// SPDX-License-Identifier: MIT
#include "crstack/plan/image_platform.hpp"

#include <map>

#include "crstack/base/text.hpp"

namespace crstack::plan {

namespace {

struct Platform {
  std::string os, architecture, variant;
};

Platform normalised(Platform platform) {
  const std::map<std::string, std::pair<std::string, std::string>> aliases{
      {"x86_64", {"amd64", ""}}, {"x86-64", {"amd64", ""}}, {"aarch64", {"arm64", ""}},
      {"i386", {"386", ""}},     {"armhf", {"arm", "v7"}},  {"armel", {"arm", "v6"}}};
  if (const auto alias = aliases.find(platform.architecture); alias != aliases.end()) {
    platform.architecture = alias->second.first;
    if (!alias->second.second.empty()) platform.variant = alias->second.second;
  }
  const std::map<std::string, std::string> implied{{"amd64", "v1"}, {"arm64", "v8"}, {"arm", "v7"}};
  if (!platform.variant.empty() && platform.variant[0] != 'v') platform.variant.insert(0, 1, 'v');
  if (const auto variant = implied.find(platform.architecture);
      platform.variant.empty() && variant != implied.end())
    platform.variant = variant->second;
  return platform;
}

Platform parse(const std::string& text) {
  auto parts = split(to_lower(text), '/');
  const bool os_only = parts.size() == 1 && (parts[0] == "linux" || parts[0] == "windows");
  if (parts.size() == 1) parts.insert(os_only ? parts.end() : parts.begin(), "");
  parts.resize(3);
  return {parts[0], parts[1], parts[2]};
}

bool fits(const std::string& left, const std::string& right) {
  return left.empty() || right.empty() || left == right;
}

}  // namespace

bool is_for_platform(const engine::ImageDetails& image, const std::string& platform) {
  const auto wanted = normalised(parse(platform));
  const auto there = normalised({image.os, image.architecture, image.variant});
  return fits(wanted.os, there.os) && fits(wanted.architecture, there.architecture) &&
         fits(wanted.variant, there.variant);
}

}  // namespace crstack::plan
