// SPDX-License-Identifier: MIT
#include "crstack/plan/image_reference.hpp"

#include <algorithm>
#include <string_view>

#include "crstack/base/text.hpp"

namespace crstack::plan {

namespace {

constexpr std::size_t shortest_id = 12;

bool is_hexadecimal(const std::string& text) {
  return text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

constexpr std::string_view digits = "0123456789", lower = "abcdefghijklmnopqrstuvwxyz",
                           upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool consists_of(std::string_view text, std::initializer_list<std::string_view> sets) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return std::any_of(sets.begin(), sets.end(), [c](auto set) { return set.find(c) != set.npos; });
  });
}

/// Letters and digits, with dots, one or two underscores or any number of dashes between them.
bool is_path_component(std::string_view text) {
  if (text.empty() || !consists_of(text, {lower, digits, "._-"})) return false;
  if (!consists_of({&text.front(), 1}, {lower, digits}) || !consists_of({&text.back(), 1}, {lower, digits}))
    return false;
  for (const std::string_view wrong : {"..", "___", "._", ".-", "_.", "_-", "-.", "-_"})
    if (text.find(wrong) != text.npos) return false;
  return true;
}

bool is_tag(std::string_view text) {
  if (text.empty() || text.size() > 128 || !consists_of(text, {lower, upper, digits, "_.-"})) return false;
  return text.front() != '.' && text.front() != '-';
}

bool is_registry(std::string_view text) {
  if (text.starts_with('[')) return text.find(']') != text.npos;
  const auto colon = text.find(':');
  const auto port = colon == text.npos ? "0" : text.substr(colon + 1);
  const auto host = text.substr(0, colon);
  return !host.empty() && consists_of(host, {lower, upper, digits, ".-"}) && !port.empty() &&
         consists_of(port, {digits});
}

}  // namespace

std::string reference_problem(const std::string& reference) {
  const std::string malformed = "invalid reference format";
  const auto at = reference.find('@');
  if (at != std::string::npos && !is_digest(reference.substr(at + 1))) return malformed;
  std::string_view name = std::string_view(reference).substr(0, at);
  const auto slash = name.find('/');
  const auto first = name.substr(0, slash);
  if (slash != name.npos && (first == "localhost" || !consists_of(first, {lower, digits, "_-"}))) {
    if (!is_registry(first)) return malformed;
    name.remove_prefix(slash + 1);
  }
  const auto colon = name.find(':');
  if (colon != name.npos && !is_tag(name.substr(colon + 1))) return malformed;
  const std::string path((slash == name.npos ? "library/" : "") + std::string(name.substr(0, colon)));
  if (path.find_first_of(upper) != std::string::npos)
    return malformed + ": repository name (" + path + ") must be lowercase";
  const auto components = split(path, '/');
  const bool right = std::all_of(components.begin(), components.end(),
                                 [](const std::string& one) { return is_path_component(one); });
  return right ? "" : malformed;
}

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
