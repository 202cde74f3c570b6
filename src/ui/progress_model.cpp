// SPDX-License-Identifier: MIT
#include "crstack/ui/progress_model.hpp"

#include <algorithm>

#include "crstack/base/text.hpp"
#include "crstack/base/units.hpp"
#include "crstack/ui/text.hpp"
#include "ui/wording.hpp"

namespace crstack::ui {
namespace {

RowState state_of(const event::Progress& progress) {
  if (progress.activity == event::Activity::warning || progress.activity == event::Activity::left)
    return RowState::warned;
  if (progress.phase == event::Phase::failed) return RowState::failed;
  if (progress.phase == event::Phase::done) return RowState::done;
  return progress.activity == event::Activity::waiting ? RowState::waiting : RowState::working;
}

bool over(RowState state) {
  return state != RowState::waiting && state != RowState::working;
}

/// Whether a container that waited for others has gone on.
bool goes_on(event::Activity activity) {
  using event::Activity;
  return activity != Activity::creating && activity != Activity::created &&
         activity != Activity::recreating && activity != Activity::recreated &&
         activity != Activity::copying && activity != Activity::copied;
}

/// What is shown first; what is of one kind keeps the order in which it came.
int rank(event::ResourceKind kind) {
  using event::ResourceKind;
  constexpr ResourceKind order[] = {ResourceKind::network, ResourceKind::volume,  ResourceKind::secret,
                                    ResourceKind::image,   ResourceKind::service, ResourceKind::container};
  return static_cast<int>(std::find(std::begin(order), std::end(order), kind) - std::begin(order));
}

}  // namespace

ProgressModel::Line& ProgressModel::line(const event::Subject& subject, Instant now) {
  const auto [at, is_new] = index_.try_emplace({subject.kind, subject.name}, lines_.size());
  if (is_new) {
    lines_.push_back({});
    lines_.back().subject = subject;
    lines_.back().since = lines_.back().until = now;
  }
  return lines_[at->second];
}

bool ProgressModel::waits(const Line& line) {
  return !line.waits_for.empty() && line.state != RowState::working;
}

void ProgressModel::no_longer_awaited(const std::string& wait) {
  for (Line& line : lines_)
    std::erase_if(line.waits_for, [&](const std::string& one) { return one.starts_with(wait); });
}

void ProgressModel::on(const event::Progress& progress, Instant now) {
  Line& line = this->line(progress.subject, now);
  const RowState state = state_of(progress);
  if (!over(state) && (over(line.state) || line.activity != progress.activity)) line.since = now;
  if (over(state)) line.until = now;
  if (goes_on(progress.activity)) line.waits_for.clear();
  if (over(state) && !line.waits_for.empty()) line.since = now;
  line.state = state;
  line.activity = progress.activity;
  line.detail = progress.detail;
  if (over(state)) line.probe.clear(), line.build_line.clear(), line.layers.clear();
  const std::string& service = progress.subject.service;
  if (!over(state) || service.empty()) return;
  if (progress.activity == event::Activity::started) no_longer_awaited(service + " (started)");
  if (progress.activity == event::Activity::healthy || progress.activity == event::Activity::exited)
    no_longer_awaited(service + " (");
}

void ProgressModel::on(const event::Transfer& transfer, Instant now) {
  Line& line = this->line(transfer.subject, now);
  Layer& layer = line.layers[transfer.layer];
  layer.status = transfer.status;
  layer.current = transfer.current;
  layer.total = std::max(layer.total, transfer.total);
}

void ProgressModel::apply(const event::Event& event, Instant now) {
  if (const auto* progress = std::get_if<event::Progress>(&event)) on(*progress, now);
  if (const auto* transfer = std::get_if<event::Transfer>(&event)) on(*transfer, now);
  if (const auto* build = std::get_if<event::BuildOutput>(&event))
    line(build->subject, now).build_line = build->line;
  if (const auto* probe = std::get_if<event::Probe>(&event)) {
    line(probe->subject, now).probe =
        probe->exit_code == 0 ? std::string()
                              : "probe exit " + std::to_string(probe->exit_code) + ": " + probe->output;
  }
  if (const auto* waiting = std::get_if<event::Waiting>(&event)) {
    Line& waiter = line(waiting->subject, now);
    if (waiter.waits_for.empty() || waiting->for_services.empty()) waiter.since = now;
    waiter.waits_for = waiting->for_services;
  }
}

std::string ProgressModel::transfer_of(const Line& line) {
  std::size_t layers = 0;
  std::size_t done = 0;
  std::int64_t current = 0;
  std::int64_t total = 0;
  std::string status;
  for (const auto& [name, layer] : line.layers) {
    if (name.empty()) {
      status = layer.status;
      continue;
    }
    ++layers;
    const bool finished = layer_done(layer.status);
    if (finished) ++done;
    total += layer.total;
    current += finished || layer.status != "Downloading" ? layer.total : layer.current;
  }
  if (layers == 0) return status;
  std::string out = std::to_string(done) + "/" + std::to_string(layers) + " layers";
  if (total > 0)
    out += ", " + format_byte_size(static_cast<double>(std::min(current, total))) + "/" +
           format_byte_size(static_cast<double>(total));
  return out;
}

std::string ProgressModel::detail_of(const Line& line) {
  if (waits(line)) return "for " + printable(join(line.waits_for, ", "));
  if (line.state == RowState::failed || line.state == RowState::warned) return printable(line.detail);
  if (over(line.state)) return remark(line.detail);
  if (!line.layers.empty()) return transfer_of(line);
  if (!line.build_line.empty()) return printable(line.build_line);
  if (!line.probe.empty()) return printable(line.probe);
  return remark(line.detail);
}

std::vector<Row> ProgressModel::rows(Instant now) const {
  std::vector<Row> rows;
  rows.reserve(lines_.size());
  std::vector<const Line*> in_order;
  for (const Line& line : lines_) in_order.push_back(&line);
  std::stable_sort(in_order.begin(), in_order.end(), [](const Line* left, const Line* right) {
    return rank(left->subject.kind) < rank(right->subject.kind);
  });
  for (const Line* shown : in_order) {
    const Line& line = *shown;
    const bool waiting = waits(line);
    Row row;
    row.title = title(line.subject, line.activity);
    row.status = waiting ? "Waiting" : std::string(activity_word(line.activity));
    row.detail = detail_of(line);
    if (row.detail.starts_with(row.status + " ")) row.detail.erase(0, row.status.size() + 1);
    if (is_transfer(line.activity)) {
      const Words said = words({line.subject, line.activity, event::Phase::working, line.detail});
      row.title = printable(said.id + " " + said.text);
      row.status = said.status;
      row.detail.clear();
    }
    row.state = waiting ? RowState::waiting : line.state;
    row.elapsed = (over(row.state) ? line.until : now) - line.since;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::size_t ProgressModel::done() const {
  return static_cast<std::size_t>(std::count_if(lines_.begin(), lines_.end(), [](const Line& line) {
    return line.waits_for.empty() && over(line.state);
  }));
}

}  // namespace crstack::ui
