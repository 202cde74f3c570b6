// SPDX-License-Identifier: MIT
#include <sys/socket.h>

#include <array>

#include "cli/log_follower.hpp"
#include "crstack/engine/demux.hpp"
#include "crstack/engine/error.hpp"

/// Containers whose logging driver keeps nothing (`none`): what they write is seen only by who is attached to
/// them, before they start.
namespace crstack::cli {

void LogFollower::attach_unreadable(std::vector<engine::ContainerSummary>& containers) {
  std::erase_if(containers, [this](const auto& container) {
    const auto service = container.labels.find(std::string(plan::labels::service));
    if (service == container.labels.end() || !request_.unreadable.contains(service->second)) return false;
    std::lock_guard lock(mutex_);
    auto& followed = know(container.id, container.name, container.labels);
    followed.unreadable = true;
    if (container.state == engine::ContainerState::running && followed.decisive)
      running_.insert(container.id);
    attach(container.id, followed);
    return true;
  });
  if (request_.attached) request_.attached();
}

/// Under the lock. Attached when it returns.
void LogFollower::attach(const std::string& id, Followed& followed) {
  if (followed.reading) return;
  if (followed.thread.joinable()) followed.thread.join();
  engine::Containers::AttachOptions options;
  options.in = false;
  std::shared_ptr<engine::Duplex> stream;
  engine::Terminal terminal{};
  try {
    terminal = engine_.inspect_container(id).tty ? engine::Terminal::yes : engine::Terminal::no;
    stream = engine_.attach(id, options);
  } catch (const engine::EngineError& error) {
    return unreadable(followed, error);
  }
  followed.reading = true;
  followed.thread =
      std::jthread([this, &followed, stream, terminal] { read_attached(followed, *stream, terminal); });
}

void LogFollower::read_attached(Followed& followed, engine::Duplex& stream, engine::Terminal terminal) {
  const std::stop_callback end(stop_.get_token(), [&] { ::shutdown(stream.fd(), SHUT_RDWR); });
  engine::Demux demux(terminal, [&](engine::StreamKind kind, std::string_view bytes) {
    return write(followed, {kind, {}, {}, bytes}) && writer_.flush();
  });
  std::array<char, 65536> buffer;
  while (const auto got = stream.read(buffer.data(), buffer.size()))
    if (!demux.feed({buffer.data(), got})) break;
  writer_.end(followed.source);
  std::lock_guard lock(mutex_);
  followed.reading = false;
  tell_exit(followed);
  changed_.notify_all();
}

}  // namespace crstack::cli
