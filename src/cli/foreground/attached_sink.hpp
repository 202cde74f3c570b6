// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>

#include "crstack/event/event.hpp"
#include "crstack/ui/log_writer.hpp"

namespace crstack::cli {

/// What `up` in the foreground shows of its progress: everything but starts until all is created; from then
/// on the logs have the screen, and only warnings, failures and the end are told. What hooks write goes among
/// the logs.
class AttachedSink final : public event::EventSink {
 public:
  AttachedSink(event::EventSink& progress, ui::LogWriter& logs, const std::string& project)
      : progress_(progress), logs_(logs), project_(project) {}
  void emit(const event::Event& event) noexcept override;
  /// From any thread.
  void all_is_created() { stage_ = Stage::start; }

 private:
  event::EventSink& progress_;
  ui::LogWriter& logs_;
  const std::string& project_;
  enum class Stage { creation, start };
  std::atomic<Stage> stage_ = Stage::creation;
};

}  // namespace crstack::cli
