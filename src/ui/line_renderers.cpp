// SPDX-License-Identifier: MIT
#include "ui/line_renderers.hpp"

#include <algorithm>
#include <exception>

#include "crstack/base/units.hpp"
#include "crstack/ui/text.hpp"
#include "ui/utf8.hpp"
#include "ui/wording.hpp"

namespace crstack::ui {
namespace {

/// As docker draws it: `[=====>     ]   3.1MB/50MB`, with fifty places for the bar.
std::string bytes_of(const event::Transfer& transfer) {
  if (transfer.total <= 0) return {};
  const auto done =
      static_cast<std::size_t>(std::clamp<std::int64_t>(transfer.current * 50 / transfer.total, 0, 50));
  const auto current = format_byte_size(static_cast<double>(transfer.current));
  return "[" + std::string(done, '=') + ">" + std::string(50 - done, ' ') + "] " +
         std::string(8 - std::min<std::size_t>(current.size(), 8), ' ') + current + "/" +
         format_byte_size(static_cast<double>(transfer.total));
}

/// What docker compose leaves to what the build writes, and to a push's layers.
bool goes_without_saying(const event::Progress& progress) {
  if (progress.subject.kind != event::ResourceKind::image) return false;
  const bool pushes =
      progress.activity == event::Activity::pushing || progress.activity == event::Activity::pushed;
  return progress.activity == event::Activity::building || (pushes && progress.detail != "publish");
}

bool is_last_word(const event::Warning& warning) {
  return warning.level == event::Warning::Level::last_word;
}

void member(std::string& object, std::string_view key, std::string_view value) {
  if (value.empty()) return;
  object += object.size() > 1 ? "," : "";
  object += json_quote(key) + ":" + json_quote(value);
}

void number(std::string& object, std::string_view key, std::int64_t value) {
  if (value == 0) return;
  object += "," + json_quote(key) + ":" + std::to_string(value);
}

std::string strings(const std::vector<std::string>& list) {
  std::string out = "[";
  for (const std::string& item : list) out += (out.size() > 1 ? "," : "") + json_quote(item);
  return out + "]";
}

/// docker compose's two fields, and all that is known besides.
std::string failure_object(const event::FailureReport& report) {
  std::string object = "{";
  member(object, "service", report.service);
  member(object, "container", report.container);
  member(object, "what", report.what);
  if (report.exit_code) object += ",\"exit_code\":" + std::to_string(*report.exit_code);
  member(object, "meaning", report.meaning);
  std::string probes;
  for (const event::ProbeRecord& probe : report.probes) {
    probes += (probes.empty() ? "" : ",") + ("{\"at\":" + json_quote(probe.at)) +
              ",\"exit_code\":" + std::to_string(probe.exit_code) +
              ",\"output\":" + json_quote(probe.output) + "}";
  }
  object += ",\"probes\":[" + probes + "],\"log\":" + strings(report.log_lines) +
            ",\"not_started\":" + strings(report.not_started);
  member(object, "hint", report.hint);
  return "{\"error\":true,\"message\":" + json_quote(report.what) + ",\"failure\":" + object + "}}\n";
}

bool is_message(const event::Event& event) {
  const auto* warning = std::get_if<event::Warning>(&event);
  return warning != nullptr ? !is_last_word(*warning) : std::holds_alternative<event::FailureReport>(event);
}

std::string transfer_object(const event::Transfer& transfer, std::string object) {
  member(object, "id", transfer.layer);
  const bool whole = transfer.layer.starts_with("Pushing ") || transfer.layer.ends_with(" ==>");
  if (!whole)
    member(object, "parent_id", title(transfer.subject, event::Activity::pulling));  // it doesn't say itself
  member(object, "text", transfer.status);
  member(object, "status", bytes_of(transfer));
  number(object, "current", transfer.current);
  number(object, "total", transfer.total);
  const bool over = layer_done(transfer.status) || transfer.status == "Download complete";
  number(object, "percent",
         over || transfer.total <= 0 ? (over ? 100 : 0) : transfer.current * 100 / transfer.total);
  return object + "}\n";
}

}  // namespace

void LineRenderer::emit(const event::Event& event) noexcept {
  if (summary_ == Summary::left_out && std::holds_alternative<event::Finished>(event)) return;
  try {
    const std::lock_guard lock(mutex_);
    const std::string out = text(event);
    if (!out.empty()) (is_message(event) ? messages_ : output_).write(out);
  } catch (const std::exception&) {
    // Out of memory: a line of progress is what can be spared.
  }
}

bool LineRenderer::status_changed(const event::Transfer& transfer) {
  std::string& last = layers_[{transfer.subject.name, transfer.layer}];
  if (last == transfer.status) return false;
  last = transfer.status;
  return true;
}

std::string warning_text(const event::Warning& warning, MessageForm form, Colours colours,
                         const Clock& clock) {
  if (is_last_word(warning)) return warning.message + "\n";
  StringOutput out;
  Diagnostics(out, form, colours, clock)
      .warning(warning.message, warning.level == event::Warning::Level::info ? "info" : "warning");
  return out.take();
}

std::string PlainRenderer::build_text(const event::BuildOutput& build) {
  const bool said = build.whose == event::BuildOutput::Whose::said;
  auto line = (said ? std::string() : "[" + build.subject.name + "] ") + build.line + "\n";
  if (builds_ == nullptr || build.subject.kind != event::ResourceKind::image) return line;
  builds_->write(line);
  return {};
}

std::string PlainRenderer::text(const event::Event& event) {
  const std::string prefix = dry_run() ? " DRY-RUN MODE -  " : " ";
  const auto line = [&](const Words& words) {
    return prefix + words.id + " " + words.text + " " + words.status + "\n";
  };
  if (const auto* progress = std::get_if<event::Progress>(&event))
    return goes_without_saying(*progress) ? "" : line(words(*progress));
  if (const auto* transfer = std::get_if<event::Transfer>(&event)) {
    if (transfer->layer.empty() || !status_changed(*transfer)) return {};
    return line({transfer->layer, transfer->status, bytes_of(*transfer)});
  }
  if (const auto* build = std::get_if<event::BuildOutput>(&event)) {
    if (build->subject.kind == event::ResourceKind::service)
      return line({build->subject.name, "", build->line});
    if (build->subject.kind == event::ResourceKind::container) return {};  // a hook: told where it fails
    return build_text(*build);
  }
  if (const auto* warning = std::get_if<event::Warning>(&event))
    return (is_last_word(*warning) ? prefix.substr(0, prefix.size() - 1) : "") +
           warning_text(*warning, MessageForm::plain, colours_, clock_);
  if (const auto* report = std::get_if<event::FailureReport>(&event)) return to_string(*report, colours_);
  if (const auto* finished = std::get_if<event::Finished>(&event))
    return prefix + to_string(*finished) + "\n";
  return {};
}

std::string JsonRenderer::build_text(const event::BuildOutput& build) {
  if (build.whose == event::BuildOutput::Whose::record) {
    if (builds_ == nullptr) return build.line + "\n";
    builds_->write(build.line + "\n");
    return {};
  }
  std::string object = dry_run() ? "{\"dry-run\":true" : "{";
  member(object, "id", build.subject.name);
  member(object, "text", "Building");
  member(object, "status", build.line);
  return object + "}\n";
}

std::string JsonRenderer::text(const event::Event& event) {
  const std::string begin = dry_run() ? "{\"dry-run\":true" : "{";
  if (const auto* progress = std::get_if<event::Progress>(&event)) {
    if (goes_without_saying(*progress)) return {};
    const Words said = words(*progress);
    std::string object = begin;
    member(object, "id", said.id);
    member(object, "text", said.text);
    member(object, "status", said.status);
    return object + "}\n";
  }
  if (const auto* transfer = std::get_if<event::Transfer>(&event)) return transfer_object(*transfer, begin);
  if (const auto* build = std::get_if<event::BuildOutput>(&event)) return build_text(*build);
  const auto tail = [&](const std::string& text) {
    std::string object = begin + (dry_run() ? "," : "") + "\"tail\":true";
    member(object, "text", text);
    return object + "}\n";
  };
  if (const auto* warning = std::get_if<event::Warning>(&event))
    return is_last_word(*warning) ? tail(warning->message)
                                  : warning_text(*warning, MessageForm::json, Colours::off, clock_);
  if (const auto* report = std::get_if<event::FailureReport>(&event)) return failure_object(*report);
  if (const auto* finished = std::get_if<event::Finished>(&event)) return tail(to_string(*finished));
  return {};
}

std::string QuietRenderer::text(const event::Event& event) {
  if (const auto* report = std::get_if<event::FailureReport>(&event)) return to_string(*report, colours_);
  if (const auto* warning = std::get_if<event::Warning>(&event);
      warning != nullptr && !is_last_word(*warning))
    return warning_text(*warning, MessageForm::plain, colours_, clock_);
  return {};
}

}  // namespace crstack::ui
