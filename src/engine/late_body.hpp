// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <thread>

#include "crstack/engine/engine.hpp"
#include "engine/transport.hpp"

namespace crstack::engine {

/// The body of an answer whose header may be long in coming: Podman 4 sends that of `logs` with the first
/// line only. A thread waits for it and passes the body on, so that whoever reads several need not wait for
/// one.
class LateBody final : public Duplex {
 public:
  /// Gives what comes to the sink, which says false when nobody reads any more; ends at a stop.
  using Fetch = std::function<void(const ByteSink& sink, std::stop_token stop)>;

  explicit LateBody(Fetch fetch);
  ~LateBody() override;
  LateBody(const LateBody&) = delete;
  LateBody& operator=(const LateBody&) = delete;

  [[nodiscard]] int fd() const override { return near_->fd(); }
  [[nodiscard]] bool has_buffered() const override { return false; }
  /// 0 at the end. Throws what the fetch has thrown.
  std::size_t read(char* buffer, std::size_t size) override;
  void write(std::string_view) override {}
  void close_write() override {}

 private:
  void run(const Fetch& fetch, std::stop_token stop);

  std::unique_ptr<Transport> near_, far_;  ///< where it is read, where it is written
  std::exception_ptr failure_;
  std::jthread thread_;
};

}  // namespace crstack::engine
