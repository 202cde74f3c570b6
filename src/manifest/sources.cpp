// SPDX-License-Identifier: MIT
#include "sources.hpp"

namespace crstack::manifest {

namespace {

std::vector<std::size_t> line_starts(std::string_view text) {
  std::vector<std::size_t> starts{0};
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', end + 1))
    starts.push_back(end + 1);
  return starts;
}

}  // namespace

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

std::string_view Sources::text_from(std::uint32_t file, std::uint32_t line, std::uint32_t column) const {
  const Source& source = sources_.at(file);
  if (source.lines.empty()) source.lines = line_starts(source.text);
  if (line == 0 || column == 0 || line > source.lines.size()) return {};
  const std::string_view rest = std::string_view(source.text).substr(source.lines[line - 1]);
  return column > rest.size() ? std::string_view() : rest.substr(column - 1);
}

std::string_view Sources::line(std::uint32_t file, std::uint32_t number) const {
  if (sources_.at(file).visibility == Visibility::secret) return {};
  const std::string_view rest = text_from(file, number, 1);
  const std::string_view line = rest.substr(0, rest.find('\n'));
  return line.substr(0, line.size() - (line.ends_with('\r') ? 1 : 0));
}

}  // namespace crstack::manifest
