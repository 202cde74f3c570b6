// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>

#include "crstack/base/text.hpp"
#include "manifest/file_path.hpp"
#include "syntax.hpp"

namespace crstack::manifest::syntax {

namespace {

constexpr std::array<std::string_view, 6> propagations{"rprivate", "private", "rshared",
                                                       "shared",   "rslave",  "slave"};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Whether `text` starts as a UTF-8 character outside ASCII (taken for a letter, as in a drive `é:`).
std::size_t leading_letter(std::string_view text) {
  if (text.empty()) return 0;
  if (is_letter(text[0])) return 1;
  const auto byte = static_cast<unsigned char>(text[0]);
  if (byte < 0xC3 || byte >= 0xE0 || text.size() < 2) return 0;
  return 2;
}

/// Splits at colons, but for those after a lone letter (a drive) and inside `${…}`.
std::vector<std::string> sections(std::string_view text) {
  std::vector<std::string> parts{""};
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '$' && i + 1 < text.size() && text[i + 1] == '{') ++depth;
    if (c == '}' && depth > 0) --depth;
    const std::string& part = parts.back();
    const bool drive = !part.empty() && leading_letter(part) == part.size();
    if (c == ':' && depth == 0 && !drive)
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

bool is_path(std::string_view source) {
  if (source.empty()) return false;
  if (source[0] == '.' || source[0] == '/' || source[0] == '~' || source.substr(0, 2) == "\\\\") return true;
  const std::size_t letter = leading_letter(source);
  return letter != 0 && source.size() > letter && source[letter] == ':';
}

void read_options(Mount& mount, const std::string& text) {
  for (const std::string& option : split(text, ',')) {
    if (option == "ro" || option == "rw") mount.read_only = option == "ro";
    if (option == "nocopy") mount.nocopy = true;
    if (option == "z" || option == "Z") mount.selinux = option;
    if (std::find(propagations.begin(), propagations.end(), option) != propagations.end())
      mount.propagation = option;
  }
}

}  // namespace

Mount parse_mount(std::string_view text) {
  if (text.empty()) throw SyntaxError("invalid empty volume spec");
  Mount mount;
  mount.type = "volume";
  mount.target = text;
  if (text.size() <= 2) return mount;
  const auto parts = sections(text);
  if (std::any_of(parts.begin(), parts.end(), [](const std::string& part) { return part.empty(); }))
    throw SyntaxError("invalid spec: " + std::string(text) + ": empty section between colons");
  if (parts.size() > 3) throw SyntaxError("invalid spec: " + std::string(text) + ": too many colons");
  mount.target = clean_path(parts.back());
  if (parts.size() > 1) {
    mount.source = parts[0];
    mount.target = clean_path(parts[1]);
  }
  if (parts.size() > 2) read_options(mount, parts[2]);
  if (is_path(mount.source)) mount.type = "bind";
  mount.has_volume_options = mount.nocopy || mount.type == "volume";
  return mount;
}

}  // namespace crstack::manifest::syntax
