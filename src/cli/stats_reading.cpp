// SPDX-License-Identifier: MIT
#include "cli/stats_reading.hpp"

#include <poll.h>

#include <algorithm>

#include "crstack/base/error.hpp"

namespace crstack::cli {

namespace {

constexpr std::size_t read_size = 16 << 10;

}  // namespace

void StatsReading::add(const std::string& id) {
  {
    const std::lock_guard lock(mutex_);
    if (streams_.contains(id)) return;  // a restarted container's stream goes on
  }
  Stream stream;
  try {
    stream.connection = engine_.open_stats(id);
  } catch (const engine::EngineError&) {
    return;
  }
  const std::lock_guard lock(mutex_);
  streams_.try_emplace(id, std::move(stream));
  wake_.wake();
}

/// Those that still have something to say; the others are dropped.
std::vector<std::pair<std::string, StatsReading::Stream*>> StatsReading::open_streams() {
  const std::lock_guard lock(mutex_);
  std::erase_if(streams_, [](const auto& entry) { return entry.second.done; });
  std::vector<std::pair<std::string, Stream*>> open;
  for (auto& [id, stream] : streams_) open.emplace_back(id, &stream);
  return open;
}

void StatsReading::run(Until until, std::stop_token stop) {
  const std::stop_callback stopped(stop, [this] { wake_.wake(); });
  std::vector<char> buffer(read_size);
  while (!stop.stop_requested()) {
    const auto open = open_streams();
    if (open.empty() && until == Until::sampled) return;
    std::vector<pollfd> descriptors;
    bool waits = true;
    for (const auto& [id, stream] : open) {
      descriptors.push_back({stream->connection->fd(), POLLIN, 0});
      waits = waits && !stream->connection->has_buffered();
    }
    wake_.wait(descriptors, waits ? std::nullopt : std::optional(std::chrono::milliseconds(0)));
    for (std::size_t i = 0; i < open.size() && !stop.stop_requested(); ++i)
      if (descriptors[i].revents != 0 || open[i].second->connection->has_buffered())
        read(open[i].first, *open[i].second, buffer, until);
  }
}

void StatsReading::read(const std::string& id, Stream& stream, std::vector<char>& buffer, Until until) {
  constexpr int enough =
      2;  // the first of a container that has just ended may be the last that means anything
  try {
    const auto got = stream.connection->read(buffer.data(), buffer.size());
    stream.done = got == 0;
    stream.lines.feed({buffer.data(), got}, [&](std::string_view json) {
      const auto sample = engine::decode_stats(json);
      take_(id, sample);
      const bool whole = sample.compared || ++stream.samples == enough;
      if (whole && until == Until::sampled) stream.done = true;
      return !stream.done;
    });
  } catch (const Error&) {  // it has gone meanwhile: what was known of it stays
    stream.done = true;
  }
}

}  // namespace crstack::cli
