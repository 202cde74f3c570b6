// SPDX-License-Identifier: MIT
#include "crstack/exec/timings.hpp"

#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "crstack/base/text.hpp"

namespace crstack::exec {

namespace {

constexpr std::size_t most_weights = 20'000;  ///< of earlier runs: names come and go
constexpr char first_line[] = "crstack timings 4";

/// `3 0 12000000 530000000 1 0 web start app-web-1`: step, ready, start, end (nanoseconds), critical, failed,
/// service or -, what; after a tab the note, if any. Step 0 is one of an earlier run, of which only the
/// duration counts.
bool parse_line(const std::string& line, StepTiming& timing) {
  std::istringstream in(line);
  std::int64_t ready = 0, start = 0, end = 0;
  if (!(in >> timing.step >> ready >> start >> end >> timing.critical >> timing.failed >> timing.service))
    return false;
  if (ready < 0 || start < ready || end < start) return false;
  std::getline(in >> std::ws, timing.what);
  if (const auto tab = timing.what.find('\t'); tab != std::string::npos) {
    timing.note = timing.what.substr(tab + 1);
    timing.what.resize(tab);
  }
  if (timing.service == "-") timing.service.clear();
  timing.ready = Duration(ready);
  timing.start = Duration(start);
  timing.end = Duration(end);
  return !timing.what.empty();
}

std::string line_of(const StepTiming& timing) {
  std::ostringstream out;
  out << timing.step << ' ' << timing.ready.count() << ' ' << timing.start.count() << ' '
      << timing.end.count() << ' ' << timing.critical << ' ' << timing.failed << ' '
      << (timing.service.empty() ? "-" : timing.service) << ' ' << timing.what
      << (timing.note.empty() ? "" : "\t") << timing.note << '\n';
  return out.str();
}

/// Whether all could be written.
bool write_lines(int fd, const std::vector<StepTiming>& timeline, const StepWeights& earlier) {
  std::FILE* file = ::fdopen(fd, "w");
  const auto write = [&](const std::string& line) { std::fwrite(line.data(), 1, line.size(), file); };
  write(std::string(first_line) + "\n");
  std::set<std::string_view> now;
  for (const auto& timing : timeline) {
    if (timing.what.find('\n') != std::string::npos) continue;
    write(line_of(timing));
    if (!timing.failed) now.insert(timing.what);
  }
  std::size_t kept = 0;
  for (const auto& [what, took] : earlier) {
    if (!now.contains(what) && kept++ < most_weights) write(line_of({0, what, {}, {}, {}, took}));
  }
  const bool written = std::ferror(file) == 0;
  return std::fclose(file) == 0 && written;
}

}  // namespace

std::string timings_path(const std::string& project, const Environment& environment) {
  const auto cache = cache_home(environment);
  return cache.empty() ? "" : cache + "/crstack/timings/" + project;
}

Timings load_timings(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line) || line != first_line) return {};
  Timings timings;
  while (std::getline(file, line)) {
    StepTiming timing;
    if (!parse_line(line, timing)) return {};
    if (!timing.failed) timings.weights[timing.what] = timing.end - timing.start;
    if (timing.step != 0) timings.timeline.push_back(std::move(timing));
  }
  return timings;
}

void save_timings(const std::string& path, const std::vector<StepTiming>& timeline,
                  const StepWeights& earlier) {
  if (path.empty() || timeline.empty()) return;
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  std::string temporary = path + ".XXXXXX";
  const int fd = ::mkstemp(temporary.data());
  if (fd < 0) return;
  const bool written = write_lines(fd, timeline, earlier);
  if (!written || ::rename(temporary.c_str(), path.c_str()) != 0) ::unlink(temporary.c_str());
}

}  // namespace crstack::exec
