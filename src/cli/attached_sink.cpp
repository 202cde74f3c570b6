// SPDX-License-Identifier: MIT
#include "cli/attached_sink.hpp"

#include "cli/log_stream.hpp"

namespace crstack::cli {

void AttachedSink::emit(const event::Event& event) noexcept {
  try {
    const auto* hook = std::get_if<event::BuildOutput>(&event);
    if (hook != nullptr && hook->subject.kind == event::ResourceKind::container) {
      const auto source = logs_.add(log_name(hook->subject.name, project_) + " ->");
      logs_.write(source, ui::LogStream::out, hook->line + "\n");
      logs_.flush();
      return;
    }
    const auto* finished = std::get_if<event::Finished>(&event);
    const bool told = finished != nullptr ? stage_ == Stage::start || !finished->ok
                                          : std::holds_alternative<event::Warning>(event) ||
                                                std::holds_alternative<event::FailureReport>(event);
    if (finished == nullptr && stage_ == Stage::creation) return progress_.emit(event);
    if (told) progress_.emit(event);
  } catch (const std::exception&) {  // no memory: a line of progress is what can be spared
  }
}

}  // namespace crstack::cli
