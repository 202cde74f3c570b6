// SPDX-License-Identifier: MIT
#include "cli/logs/log_merge.hpp"

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

void LogMerge::Batch::add(engine::StreamKind kind, std::string_view bytes) {
  const auto entry = parse_entry(kind, bytes);
  items_.push_back({kind, entry.time, bytes_.size(), entry.stamp.size(), bytes.size()});
  bytes_.append(bytes);
}

void LogMerge::Batch::clear() {
  bytes_.clear();
  items_.clear();
  next_ = 0;
}

void LogMerge::run(const std::function<bool(Source, const LogEntry&)>& take) {
  using Head = std::pair<engine::WallTime, Source>;
  std::priority_queue<Head, std::vector<Head>, std::greater<>> heads;
  const auto add_head = [&](Source source) {
    auto& batch = batches_[source];
    if (batch.empty()) {
      batch.clear();
      if (!refill_(source, batch)) return;
    }
    heads.emplace(batch.items_[batch.next_].time, source);
  };
  for (Source source = 0; source < batches_.size(); ++source) add_head(source);
  bool more = true;
  while (more && !heads.empty()) {
    const auto source = heads.top().second;
    heads.pop();
    auto& batch = batches_[source];
    const auto& item = batch.items_[batch.next_++];
    const auto bytes = std::string_view(batch.bytes_).substr(item.begin, item.size);
    const auto skipped = item.stamp_size == 0 ? 0 : item.stamp_size + 1;
    more = take(source, {item.kind, item.time, bytes.substr(0, item.stamp_size), bytes.substr(skipped)});
    add_head(source);
  }
}

}  // namespace crstack::cli
