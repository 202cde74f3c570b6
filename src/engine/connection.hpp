// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "engine/transport.hpp"

namespace crstack::engine {

/// A transport with a buffer for reading: many small reads cost one call to the system.
class Connection {
 public:
  explicit Connection(std::unique_ptr<Transport> transport) : transport_(std::move(transport)) {}
  [[nodiscard]] Transport& transport() { return *transport_; }
  /// What has been read already, up to `size`; 0 where that is nothing.
  std::size_t take_buffered(char* buffer, std::size_t size) {
    const auto taken = std::min(size, end_ - begin_);
    std::copy_n(buffer_.data() + begin_, taken, buffer);
    begin_ += taken;
    return taken;
  }
  /// Blocks until there are bytes; 0 at the end. A large piece doesn't go through the buffer.
  std::size_t read(char* buffer, std::size_t size);
  /// Whether `read` gives something without asking the system.
  [[nodiscard]] bool has_buffered() const { return begin_ != end_ || transport_->has_buffered(); }
  /// Whether `read` doesn't wait: bytes are at hand, or the other side has closed. Waits up to `timeout_ms`.
  [[nodiscard]] bool ready(int timeout_ms = 0);

 private:
  std::unique_ptr<Transport> transport_;
  std::array<char, 65536> buffer_;
  std::size_t begin_ = 0, end_ = 0;
};

}  // namespace crstack::engine
