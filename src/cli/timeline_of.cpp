// SPDX-License-Identifier: MIT
#include "cli/timeline_of.hpp"

#include <algorithm>
#include <map>

#include "crstack/base/error.hpp"
#include "crstack/base/file.hpp"
#include "crstack/base/text.hpp"
#include "crstack/ui/timeline.hpp"

namespace crstack::cli {
namespace {

using event::TimelineKind;

TimelineKind kind_of(const std::string& verb) {
  static const std::map<std::string, TimelineKind> kinds = {
      {"pull", TimelineKind::pull},   {"build", TimelineKind::build},   {"create", TimelineKind::create},
      {"start", TimelineKind::start}, {"restart", TimelineKind::start}, {"unpause", TimelineKind::start},
      {"wait", TimelineKind::wait},   {"stop", TimelineKind::stop},     {"kill", TimelineKind::stop},
      {"pause", TimelineKind::stop},  {"remove", TimelineKind::remove},
  };
  const auto found = kinds.find(verb);
  return found == kinds.end() ? TimelineKind::other : found->second;
}

/// The replica that a word of the step names (`shop-web-2` of `web`); 1 where it names none.
int replica_in(const std::vector<std::string>& words, const std::string& service) {
  const std::string middle = "-" + service + "-";
  for (const std::string& word : words) {
    const std::size_t at = word.rfind(middle);
    if (at == std::string::npos) continue;
    const std::string number = word.substr(at + middle.size());
    if (!number.empty() && number.size() < 6 && number.find_first_not_of("0123456789") == std::string::npos)
      return std::stoi(number);
  }
  return 1;
}

std::string lane_of(const exec::StepTiming& step, const std::vector<std::string>& words) {
  if (step.service.empty()) {
    const std::string all = join(words, " ");
    return words.size() > 2 ? all.substr(words.front().size() + 1) : all;
  }
  const int replica = replica_in(words, step.service);
  return replica == 1 ? step.service : step.service + "-" + std::to_string(replica);
}

/// Marks the chain that ends with the step that ended last.
void find_critical(const std::vector<exec::StepTiming>& steps, std::vector<event::TimelineRow>& rows) {
  constexpr Duration kSlack = std::chrono::milliseconds(1);
  Duration limit = Duration::max();
  for (std::size_t left = steps.size(); left > 0; --left) {
    std::size_t best = steps.size();
    for (std::size_t at = 0; at < steps.size(); ++at) {
      const bool fits = !rows[at].critical && steps[at].end <= limit;
      if (fits && (best == steps.size() || steps[at].end > steps[best].end)) best = at;
    }
    if (best == steps.size()) return;
    rows[best].critical = true;
    if (steps[best].ready <= kSlack) return;
    limit = steps[best].ready + kSlack;
  }
}

}  // namespace

event::Timeline timeline_of(const std::string& title, const std::vector<exec::StepTiming>& steps) {
  event::Timeline timeline;
  timeline.title = title;
  bool marked = false;
  for (const exec::StepTiming& step : steps) {
    const std::vector<std::string> words = split(step.what, ' ');
    timeline.rows.push_back(
        {lane_of(step, words), kind_of(words.front()), step.start, step.end, step.critical, step.note});
    timeline.total = std::max(timeline.total, step.end);
    marked = marked || step.critical;
  }
  if (!marked) find_critical(steps, timeline.rows);
  bool failed = false;
  for (std::size_t at = 0; at < steps.size(); ++at) {
    const auto bar = timeline.rows[at];
    failed = failed || steps[at].failed;
    if (steps[at].failed || bar.kind == TimelineKind::wait)
      timeline.rows.push_back({bar.name, steps[at].failed ? TimelineKind::failed : TimelineKind::ready,
                               bar.end, bar.end, false, ""});
  }
  if (failed) timeline.title += ", which failed";
  return timeline;
}

void write_timeline(const std::string& path, const event::Timeline& timeline) {
  write_file(path, ui::timeline_for_file(timeline, path));
}

}  // namespace crstack::cli
