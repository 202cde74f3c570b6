// SPDX-License-Identifier: MIT
// What a run ends with, in words.
#include <algorithm>

#include "crstack/base/text.hpp"
#include "crstack/base/units.hpp"
#include "crstack/ui/renderer.hpp"
#include "crstack/ui/text.hpp"

namespace crstack::ui {
namespace {

constexpr std::size_t kLabel = 14;

std::string bold(std::string_view text, std::string_view colour, Colours colours) {
  if (colours == Colours::off) return std::string(text);
  return "\033[" + std::string(colour) + "m" + std::string(text) + "\033[0m";
}

/// `  label       text`
std::string field(std::string_view label, std::string_view text, Colours colours) {
  return "  " + bold(pad(label, kLabel - 2), "2", colours) + std::string(text) + "\n";
}

/// The time of day of an RFC 3339 timestamp; the whole text where it is none.
std::string_view time_of_day(std::string_view at) {
  const bool whole = at.size() >= 19 && at[10] == 'T' && at[13] == ':';
  return whole ? at.substr(11, 8) : at;
}

std::string probe_lines(const event::ProbeRecord& probe) {
  const std::string head =
      "    " + std::string(time_of_day(probe.at)) + "  exit " + std::to_string(probe.exit_code) + "  ";
  const std::vector<std::string> lines = split(trim(probe.output), '\n');
  std::string out = head + printable(lines.front()) + "\n";
  for (std::size_t line = 1; line < lines.size(); ++line)
    out += std::string(display_width(head), ' ') + printable(lines[line]) + "\n";
  return trim(probe.output).empty() ? head + "(no output)\n" : out;
}

std::string section(std::string_view label, Colours colours) {
  return "  " + bold(label, "2", colours) + "\n";
}

}  // namespace

std::string to_string(const event::FailureReport& report, Colours colours) {
  const std::string& name = report.service.empty() ? report.container : report.service;
  const std::string head = name.empty() ? "✘" : "✘ " + name + ":";
  std::string out = bold(head, "1;31", colours) + " " + printable(report.what) + "\n";
  if (!report.container.empty()) out += field("container", report.container, colours);
  if (report.exit_code) {
    std::string code = std::to_string(*report.exit_code);
    if (!report.meaning.empty()) code += ": " + printable(report.meaning);
    out += field("exit code", code, colours);
  } else if (!report.meaning.empty()) {
    out += field("meaning", printable(report.meaning), colours);
  }
  if (!report.probes.empty()) out += section("last health probes", colours);
  for (const event::ProbeRecord& probe : report.probes) out += probe_lines(probe);
  if (!report.log_lines.empty()) out += section("last lines of its log", colours);
  for (const std::string& line : report.log_lines) out += "    | " + printable(line) + "\n";
  if (!report.not_started.empty()) out += field("not started", join(report.not_started, ", "), colours);
  if (!report.hint.empty()) out += field("hint", report.hint, colours);
  return out;
}

std::string to_string(const event::Finished& finished) {
  std::string out = (finished.ok ? "Done in " : "Failed after ") + format_elapsed(finished.took);
  std::vector<std::string> links;
  for (const event::CriticalLink& link : finished.critical_path)
    links.push_back(link.what + " " + format_elapsed(link.took));
  return links.empty() ? out : out + ": " + join(links, " → ");
}

}  // namespace crstack::ui
