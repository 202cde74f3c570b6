// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "crstack/ui/diagnostics.hpp"
#include "crstack/ui/renderer.hpp"

namespace crstack::ui {

/// A renderer that turns each event into text by itself, or into none.
class LineRenderer : public Renderer {
 public:
  LineRenderer(Output& output, const RendererOptions& options)
      : output_(output),
        messages_(options.messages != nullptr ? *options.messages : output),
        dry_run_(options.dry_run),
        summary_(options.summary) {}
  void emit(const event::Event& event) noexcept final;

 protected:
  /// The text of an event, each line ended; called under the lock.
  virtual std::string text(const event::Event& event) = 0;
  /// Whether the layer's status is another than the last time; counting bytes makes no line.
  bool status_changed(const event::Transfer& transfer);
  [[nodiscard]] bool dry_run() const { return dry_run_ == DryRun::yes; }

 private:
  Output& output_;
  Output& messages_;
  DryRun dry_run_;
  Summary summary_;
  std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::string> layers_;
};

/// docker compose's wording, one line an event.
class PlainRenderer final : public LineRenderer {
 public:
  PlainRenderer(Output& output, const RendererOptions& options, Colours colours, const Clock& clock)
      : LineRenderer(output, options), builds_(options.builds), colours_(colours), clock_(clock) {}

 protected:
  std::string text(const event::Event& event) override;

 private:
  std::string build_text(const event::BuildOutput& build);

  Output* builds_;
  Colours colours_;
  const Clock& clock_;
};

/// docker compose's objects, one line an event; the report of a failure as an object of crstack's own.
class JsonRenderer final : public LineRenderer {
 public:
  JsonRenderer(Output& output, const RendererOptions& options, const Clock& clock)
      : LineRenderer(output, options), builds_(options.builds), clock_(clock) {}

 protected:
  std::string text(const event::Event& event) override;

 private:
  std::string build_text(const event::BuildOutput& build);

  Output* builds_;
  const Clock& clock_;
};

/// Nothing but failures and warnings.
class QuietRenderer final : public LineRenderer {
 public:
  QuietRenderer(Output& output, const RendererOptions& options, Colours colours, const Clock& clock)
      : LineRenderer(output, options), colours_(colours), clock_(clock) {}

 protected:
  std::string text(const event::Event& event) override;

 private:
  Colours colours_;
  const Clock& clock_;
};

/// A warning as the diagnostics printer writes it.
std::string warning_text(const event::Warning& warning, MessageForm form, Colours colours,
                         const Clock& clock);

}  // namespace crstack::ui
