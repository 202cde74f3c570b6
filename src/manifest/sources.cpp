// SPDX-License-Identifier: MIT
#include "sources.hpp"

namespace crstack::manifest {

std::uint32_t Sources::add(std::string name, std::string text, Visibility visibility) {
  sources_.push_back({std::move(name), std::move(text), visibility});
  return static_cast<std::uint32_t>(sources_.size() - 1);
}

const std::string& Sources::name(std::uint32_t file) const {
  return sources_.at(file).name;
}

const std::string& Sources::text(std::uint32_t file) const {
  return sources_.at(file).text;
}

std::string_view Sources::line(std::uint32_t file, std::uint32_t number) const {
  const Source& source = sources_.at(file);
  if (source.visibility == Visibility::secret || number == 0) return {};
  std::string_view rest = source.text;
  for (std::uint32_t i = 1; i < number; ++i) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) return {};
    rest.remove_prefix(end + 1);
  }
  rest = rest.substr(0, rest.find('\n'));
  if (!rest.empty() && rest.back() == '\r') rest.remove_suffix(1);
  return rest;
}

}  // namespace crstack::manifest
