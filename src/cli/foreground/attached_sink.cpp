// SPDX-License-Identifier: MIT
#include "cli/foreground/attached_sink.hpp"

#include "cli/logs/log_stream.hpp"

namespace crstack::cli {

namespace {

/// Starts that don't wait for the last image are not shown among what is created.
bool is_of_start(const event::Event& event) {
  using event::Activity;
  const auto* progress = std::get_if<event::Progress>(&event);
  if (progress == nullptr)
    return std::holds_alternative<event::Waiting>(event) || std::holds_alternative<event::Probe>(event);
  return progress->activity == Activity::starting || progress->activity == Activity::started ||
         is_wait(progress->activity);
}

}  // namespace

void AttachedSink::emit(const event::Event& event) noexcept {
  try {
    const auto* hook = std::get_if<event::BuildOutput>(&event);
    if (hook != nullptr && hook->subject.kind == event::ResourceKind::container) {
      const auto source = logs_.add(log_name(hook->subject.name, project_, hook->subject.service) + " ->");
      logs_.write(source, ui::LogStream::out, hook->line + "\n");
      logs_.flush();
      return;
    }
    const auto* finished = std::get_if<event::Finished>(&event);
    const bool told = finished != nullptr ? stage_ == Stage::start || !finished->ok
                                          : std::holds_alternative<event::Warning>(event) ||
                                                std::holds_alternative<event::FailureReport>(event);
    if (finished == nullptr && stage_ == Stage::creation) {
      if (!is_of_start(event)) progress_.emit(event);
      return;
    }
    if (told) progress_.emit(event);
  } catch (const std::exception&) {  // no memory: a line of progress is what can be spared
  }
}

}  // namespace crstack::cli
