// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace crstack::engine {

/// Takes what HTTP's chunked coding adds out of a body (RFC 9112, section 7.1) that is read outside of the
/// HTTP client. What comes behind the last chunk is dropped.
class Dechunker {
 public:
  /// Moves the data among `size` bytes to their front and gives how much there is. Throws
  /// EngineError{protocol}.
  std::size_t decode(char* bytes, std::size_t size);
  [[nodiscard]] bool ended() const { return state_ == State::trailer; }

 private:
  enum class State { size, extension, data, end_of_data, trailer };
  void take_size(char c);

  State state_ = State::size;
  std::size_t left_ = 0;  ///< of the chunk
};

}  // namespace crstack::engine
