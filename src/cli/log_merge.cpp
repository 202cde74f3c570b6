// SPDX-License-Identifier: MIT
#include "cli/log_merge.hpp"

#include <queue>

#include "crstack/engine/time_text.hpp"

namespace crstack::cli {

LogEntry parse_entry(engine::StreamKind kind, std::string_view bytes) {
  constexpr std::size_t shortest = 20, longest = 36;  // of RFC 3339
  const auto space = bytes.substr(0, longest).find(' ');
  LogEntry entry{kind, {}, {}, bytes};
  if (space == std::string_view::npos || space < shortest || bytes[4] != '-' || bytes[10] != 'T')
    return entry;
  entry.stamp = bytes.substr(0, space);
  entry.time = engine::parse_time(entry.stamp);
  entry.text = bytes.substr(space + 1);
  return entry;
}

LogMerge::LogMerge(std::size_t sources, std::size_t bytes_per_source)
    : limit_(bytes_per_source), lanes_(sources) {}

/// Waits until the merger has taken the batch before; then gives it this one.
void LogMerge::hand_over(Lane& lane) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !lane.has_ready || closed_; });
  std::swap(lane.filling, lane.ready);
  lane.filling.clear();
  lane.has_ready = true;
  changed_.notify_all();
}

bool LogMerge::push(Source source, engine::StreamKind kind, std::string_view bytes) {
  auto& lane = lanes_[source];
  if (!bytes.empty()) {
    const auto entry = parse_entry(kind, bytes);
    auto& batch = lane.filling;
    batch.items.push_back({kind, entry.time, batch.bytes.size(), entry.stamp.size(), bytes.size()});
    batch.bytes.append(bytes);
    if (batch.bytes.size() < limit_) return true;
  } else if (lane.filling.items.empty()) {
    return true;
  }
  hand_over(lane);
  std::lock_guard lock(mutex_);
  return !closed_;
}

void LogMerge::end(Source source) {
  auto& lane = lanes_[source];
  if (!lane.filling.items.empty()) hand_over(lane);
  std::lock_guard lock(mutex_);
  lane.ended = true;
  changed_.notify_all();
}

/// Waits for the source's next batch; false at its end.
bool LogMerge::refill(Lane& lane) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return lane.has_ready || lane.ended; });
  if (!lane.has_ready) return false;
  std::swap(lane.reading, lane.ready);
  lane.ready.clear();
  lane.has_ready = false;
  changed_.notify_all();
  return true;
}

void LogMerge::run(const std::function<bool(Source, const LogEntry&)>& take) {
  using Head = std::pair<engine::WallTime, Source>;
  std::priority_queue<Head, std::vector<Head>, std::greater<>> heads;
  const auto add_head = [&](Source source) {
    auto& lane = lanes_[source];
    if (lane.reading.next == lane.reading.items.size() && !refill(lane)) return;
    heads.emplace(lane.reading.items[lane.reading.next].time, source);
  };
  for (Source source = 0; source < lanes_.size(); ++source) add_head(source);
  bool more = true;
  while (more && !heads.empty()) {
    const auto source = heads.top().second;
    heads.pop();
    auto& batch = lanes_[source].reading;
    const auto& item = batch.items[batch.next++];
    const auto bytes = std::string_view(batch.bytes).substr(item.begin, item.size);
    const auto skipped = item.stamp_size == 0 ? 0 : item.stamp_size + 1;
    more = take(source, {item.kind, item.time, bytes.substr(0, item.stamp_size), bytes.substr(skipped)});
    add_head(source);
  }
  std::lock_guard lock(mutex_);
  closed_ = true;
  changed_.notify_all();
}

}  // namespace crstack::cli
