// SPDX-License-Identifier: MIT
#include "crstack/engine/demux.hpp"

#include <algorithm>

namespace crstack::engine {

namespace {

constexpr std::size_t whole_frames_up_to = 65536;
constexpr int error_frame = 3;

}  // namespace

bool Demux::feed(std::string_view bytes) {
  if (terminal_ == Terminal::yes) return bytes.empty() || sink_(StreamKind::out, bytes);
  while (!bytes.empty()) {
    if (left_ == 0) {
      header(bytes);
    } else if (!payload(bytes)) {
      return false;
    }
  }
  return true;
}

bool Demux::header(std::string_view& bytes) {
  const auto taken = std::min(header_.size() - header_size_, bytes.size());
  std::copy_n(bytes.begin(), taken, header_.begin() + static_cast<std::ptrdiff_t>(header_size_));
  header_size_ += taken;
  bytes.remove_prefix(taken);
  if (header_size_ < header_.size()) return false;
  header_size_ = 0;
  const auto byte = [&](std::size_t index) {
    return static_cast<std::size_t>(static_cast<unsigned char>(header_[index]));
  };
  type_ = header_[0];
  if (type_ < 0 || type_ > error_frame || header_[1] != 0 || header_[2] != 0 || header_[3] != 0)
    throw EngineError(ErrorKind::protocol, 0, "", "",
                      "The engine's output stream has a frame of an unknown kind");
  frame_size_ = left_ = byte(4) << 24 | byte(5) << 16 | byte(6) << 8 | byte(7);
  return true;
}

bool Demux::payload(std::string_view& bytes) {
  const auto piece = bytes.substr(0, left_);
  bytes.remove_prefix(piece.size());
  left_ -= piece.size();
  const bool complete = left_ == 0;
  if ((complete && split_.empty()) || (frame_size_ > whole_frames_up_to && type_ != error_frame))
    return deliver(piece);
  split_.append(piece);
  if (!complete) return true;
  const bool more = deliver(split_);
  split_.clear();
  return more;
}

bool Demux::deliver(std::string_view bytes) {
  if (type_ == error_frame)
    throw EngineError(ErrorKind::server, 0, "", "",
                      "Error from the engine's output stream: " + std::string(bytes));
  return sink_(static_cast<StreamKind>(type_), bytes);
}

}  // namespace crstack::engine
