// SPDX-License-Identifier: MIT
#include "cli/build/build_progress.hpp"

#include <cstdio>

#include "cli/listing/human.hpp"

namespace crstack::cli {
namespace {

std::string seconds(std::int64_t nanoseconds, const char* format) {
  char text[32];
  std::snprintf(text, sizeof text, format, static_cast<double>(nanoseconds) / 1e9);
  return text;
}

// `[2/3] RUN make` as `[web 2/3] RUN make`.
std::string named(const std::string& service, const std::string& name) {
  if (name.starts_with('[')) return "[" + service + " " + name.substr(1);
  return "[" + service + "] " + name;
}

}  // namespace

void BuildProgress::take(const std::string& service, const engine::BuildTrace& trace, const Line& line) {
  std::lock_guard lock(mutex_);
  const auto step = [&](const std::string& digest) -> Step& { return steps_[service + " " + digest]; };
  for (const auto& vertex : trace.vertices) {
    step(vertex.digest).name = named(service, vertex.name);
    if (vertex.started != 0) step(vertex.digest).started = vertex.started;
  }
  for (const auto& task : trace.tasks) take_task(step(task.vertex), task, line);
  for (const auto& output : trace.outputs) take_output(step(output.vertex), output, line);
  for (const auto& vertex : trace.vertices) take_end(step(vertex.digest), vertex, line);
}

// What comes next belongs to this step.
void BuildProgress::show(Step& step, const Line& line) {
  if (step.number == 0) step.number = ++last_number_;
  if (shown_ == step.number) return;
  if (shown_ != 0) line("");
  shown_ = step.number;
  line("#" + std::to_string(step.number) + " " + step.name);
}

void BuildProgress::take_end(Step& step, const engine::BuildTrace::Vertex& vertex, const Line& line) {
  if (step.ended || (vertex.completed == 0 && !vertex.cached)) return;
  step.ended = true;
  show(step, line);
  const auto number = "#" + std::to_string(step.number) + " ";
  if (!vertex.error.empty()) {
    line(number + "ERROR: " + vertex.error);
    line("------");
    line(" > " + step.name + ":");
    if (step.output.ends_with('\n')) step.output.pop_back();
    if (!step.output.empty()) line(step.output);
    line("------");
  } else if (vertex.cached) {
    line(number + "CACHED");
  } else {
    line(number + "DONE " + seconds(vertex.completed - step.started, "%.1fs"));
  }
}

void BuildProgress::take_task(Step& step, const engine::BuildTrace::Task& task, const Line& line) {
  if (task.completed == 0 || step.tasks[task.id]) return;
  step.tasks[task.id] = true;
  show(step, line);
  const auto size = task.total > 0     ? " " + human_size(task.current) + " / " + human_size(task.total)
                    : task.current > 0 ? " " + human_size(task.current)
                                       : std::string();
  line("#" + std::to_string(step.number) + " " + task.id + size + " done");
}

void BuildProgress::take_output(Step& step, const engine::BuildTrace::Output& output, const Line& line) {
  show(step, line);
  const auto head =
      "#" + std::to_string(step.number) + " " + seconds(output.time - step.started, "%.3f") + " ";
  std::size_t from = 0;
  while (from < output.text.size()) {
    auto end = output.text.find('\n', from);
    if (end == std::string::npos) end = output.text.size();
    const auto text = output.text.substr(from, end - from);
    line(head + text);
    step.output += head.substr(head.find(' ') + 1) + text + "\n";
    from = end + 1;
  }
}

}  // namespace crstack::cli
