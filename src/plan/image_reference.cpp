// SPDX-License-Identifier: MIT
#include "crstack/plan/image_reference.hpp"

#include <algorithm>

namespace crstack::plan {

namespace {

constexpr std::size_t shortest_id = 12;

bool is_hexadecimal(const std::string& text) {
  return text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

std::string familiar_reference(const std::string& reference) {
  std::string name = engine::without_default_registry(reference);
  const auto digest = name.find('@');
  if (digest != std::string::npos) {  // a tag before a digest says nothing
    const auto tag = name.rfind(':', digest);
    const auto slash = name.rfind('/', digest);
    const bool tagged = tag != std::string::npos && (slash == std::string::npos || tag > slash);
    return tagged ? name.substr(0, tag) + name.substr(digest) : name;
  }
  const auto slash = name.rfind('/');
  const bool tagged = name.find(':', slash == std::string::npos ? 0 : slash) != std::string::npos;
  return tagged ? name : name + ":latest";
}

std::string full_reference(const std::string& reference) {
  std::string name = familiar_reference(reference);
  const auto slash = name.find('/');
  const std::string first = name.substr(0, slash == std::string::npos ? 0 : slash);
  if (first == "localhost" || first.find_first_of(".:") != std::string::npos) return name;
  return (slash == std::string::npos ? "docker.io/library/" : "docker.io/") + name;
}

bool is_digest(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos) return false;
  const std::string digits = text.substr(colon + 1);
  const std::map<std::string, std::size_t> lengths{{"sha256", 64}, {"sha384", 96}, {"sha512", 128}};
  const auto length = lengths.find(text.substr(0, colon));
  return length != lengths.end() && digits.size() == length->second && is_hexadecimal(digits);
}

ImageIndex::ImageIndex(std::vector<engine::ImageDetails> images) : images_(std::move(images)) {
  for (std::size_t i = 0; i < images_.size(); ++i) {
    by_name_.emplace(images_[i].id, i);
    for (const auto& tag : images_[i].repo_tags) by_name_.emplace(familiar_reference(tag), i);
    for (const auto& digest : images_[i].repo_digests) by_name_.emplace(familiar_reference(digest), i);
  }
}

const engine::ImageDetails* ImageIndex::find(const std::string& reference) const {
  for (const auto& name : {reference, familiar_reference(reference)}) {
    if (const auto found = by_name_.find(name); found != by_name_.end()) return &images_[found->second];
  }
  if (reference.size() < shortest_id || !is_hexadecimal(reference)) return nullptr;
  const auto same = std::find_if(images_.begin(), images_.end(), [&](const auto& image) {
    return image.id.starts_with("sha256:" + reference);
  });
  return same == images_.end() ? nullptr : &*same;
}

}  // namespace crstack::plan
