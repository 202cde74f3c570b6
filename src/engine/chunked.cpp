// SPDX-License-Identifier: MIT
#include "engine/chunked.hpp"

#include <algorithm>
#include <limits>

#include "crstack/engine/error.hpp"

namespace crstack::engine {

void Dechunker::take_size(char c) {
  const int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
  if (digit >= 0 && left_ <= std::numeric_limits<std::size_t>::max() / 32) {
    left_ = left_ * 16 + static_cast<std::size_t>(digit);
  } else if (c == '\n') {
    state_ = left_ == 0 ? State::trailer : State::data;
  } else if (c == ';' || c == ' ' || c == '\r') {
    state_ = State::extension;
  } else {
    throw EngineError(ErrorKind::protocol, 0, "", "", "The engine's answer is cut into chunks of no size");
  }
}

std::size_t Dechunker::decode(char* bytes, std::size_t size) {
  std::size_t kept = 0;
  for (std::size_t at = 0; at < size && !ended();) {
    if (state_ == State::data) {
      const auto piece = std::min(left_, size - at);
      std::copy_n(bytes + at, piece, bytes + kept);
      kept += piece;
      at += piece;
      left_ -= piece;
      if (left_ == 0) state_ = State::end_of_data;
      continue;
    }
    const char c = bytes[at++];
    if (state_ == State::size)
      take_size(c);
    else if (c == '\n')
      state_ = state_ == State::end_of_data ? State::size : left_ == 0 ? State::trailer : State::data;
  }
  return kept;
}

}  // namespace crstack::engine
