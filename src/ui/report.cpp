// SPDX-License-Identifier: MIT
// What a run ends with, in words.
#include "ui/report.hpp"

#include <algorithm>

#include "crstack/base/text.hpp"
#include "crstack/base/units.hpp"
#include "crstack/ui/renderer.hpp"
#include "crstack/ui/text.hpp"

namespace crstack::ui {
namespace {

constexpr std::size_t kLabel = 15;
constexpr std::size_t kHang = 6;

std::string bold(std::string_view text, std::string_view colour, Colours colours) {
  if (colours == Colours::off) return std::string(text);
  return "\033[" + std::string(colour) + "m" + std::string(text) + "\033[0m";
}

/// `  label:      text`, the text's further lines under its first.
std::string field(std::string_view label, std::string_view text, const ReportLook& look) {
  return "  " + bold(pad(std::string(label) + ":", kLabel - 2), "2", look.colours) +
         flow(split(printable(text), ' '), " ", look.columns, kLabel, kLabel) + "\n";
}

/// The time of day of an RFC 3339 timestamp; the whole text where it is none.
std::string_view time_of_day(std::string_view at) {
  const bool whole = at.size() >= 19 && at[10] == 'T' && at[13] == ':';
  return whole ? at.substr(11, 8) : at;
}

/// One probe, or the last of several in a row that found the same: `    03:04:05  exit 1 (3 times)  output`.
std::string probe_lines(const event::ProbeRecord& probe, int times, const ReportLook& look) {
  std::string out = "    " + std::string(time_of_day(probe.at)) + "  ";
  out += probe.exit_code < 0 ? "no exit code" : "exit " + std::to_string(probe.exit_code);
  if (times > 1) out += " (" + std::to_string(times) + " times)";
  out += "  ";
  if (trim(probe.output).empty()) return out + "(no output)\n";
  const std::vector<std::string> lines = split(trim(probe.output), '\n');
  for (std::size_t line = 0; line < lines.size(); ++line) {
    if (line > 0) out += std::string(kHang, ' ');
    const std::size_t start = line > 0 ? kHang : display_width(out);
    out += flow(split(printable(lines[line]), ' '), " ", look.columns, start, kHang) + "\n";
  }
  return out;
}

std::string all_probes(const std::vector<event::ProbeRecord>& probes, const ReportLook& look) {
  std::string out;
  int times = 1;
  for (std::size_t at = 0; at < probes.size(); ++at) {
    const bool again = at + 1 < probes.size() && probes[at + 1].exit_code == probes[at].exit_code &&
                       probes[at + 1].output == probes[at].output;
    if (!again) out += probe_lines(probes[at], times, look);
    times = again ? times + 1 : 1;
  }
  return out;
}

std::string section(std::string_view label, const ReportLook& look) {
  return "  " + bold(std::string(label) + ":", "2", look.colours) + "\n";
}

/// `✘ db: container app-db-1 is unhealthy`.
std::string headline(const std::string& name, const std::string& what, const ReportLook& look) {
  const std::string subject = name.empty() ? "✘" : "✘ " + name + ":";
  return bold(subject, "1;31", look.colours) +
         flow(split(" " + printable(what), ' '), " ", look.columns, display_width(subject), 2) + "\n";
}

}  // namespace

std::string flow(const std::vector<std::string>& pieces, std::string_view separator, std::size_t columns,
                 std::size_t start, std::size_t hang) {
  const std::string_view line_end = separator.substr(0, separator.find_last_not_of(' ') + 1);
  std::string out;
  std::size_t at = start;
  for (std::size_t next = 0; next < pieces.size(); ++next) {
    const std::size_t width = display_width(pieces[next]);
    const std::size_t tail = next + 1 < pieces.size() ? display_width(line_end) : 0;
    const bool fits = columns == 0 || at + display_width(separator) + width + tail <= columns;
    if (next > 0 && fits) out += separator, at += display_width(separator);
    if (next > 0 && !fits) out += std::string(line_end) + "\n" + std::string(hang, ' '), at = hang;
    out += pieces[next];
    at += width;
  }
  return out;
}

std::string report_text(const event::FailureReport& report, const ReportLook& look) {
  std::string out = headline(report.service.empty() ? report.container : report.service, report.what, look);
  if (!report.container.empty()) out += field("container", report.container, look);
  if (report.exit_code) {
    const std::string meaning = report.meaning.empty() ? "" : ": " + report.meaning;
    out += field("exit code", std::to_string(*report.exit_code) + meaning, look);
  } else if (!report.meaning.empty()) {
    out += field("meaning", report.meaning, look);
  }
  if (!report.probes.empty()) out += section("last health probes", look) + all_probes(report.probes, look);
  if (!report.log_lines.empty()) out += section("last lines of its log", look);
  for (const std::string& line : report.log_lines) out += "    | " + printable(line) + "\n";
  if (!report.not_started.empty()) out += field("not started", join(report.not_started, ", "), look);
  if (!report.hint.empty()) out += field("hint", report.hint, look);
  return out;
}

std::string finished_text(const event::Finished& finished, std::size_t columns) {
  std::vector<std::string> links;
  for (const event::CriticalLink& link : finished.critical_path)
    links.push_back(link.what + " " + format_elapsed(link.took));
  std::string out = (finished.ok ? "Done in " : "Failed after ") + format_elapsed(finished.took);
  if (links.empty()) return out;
  out += ": ";
  return out + flow(links, " → ", columns, display_width(out), 2);
}

std::string to_string(const event::FailureReport& report, Colours colours) {
  return report_text(report, {colours, 0});
}

std::string to_string(const event::Finished& finished) {
  return finished_text(finished, 0);
}

}  // namespace crstack::ui
