// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "crstack/engine/engine.hpp"

namespace crstack::engine {

/// Whether a container or an exec has a terminal: its output is then raw, without frames.
enum class Terminal { no, yes };

/// Splits a multiplexed stream (Engine API, `POST /containers/{id}/attach`, "Stream format") into its frames.
/// Takes the stream in any pieces; allocates only for a frame that is split. A frame of type 3 is the
/// engine's own error: thrown as EngineError{server}.
class Demux {
 public:
  Demux(Terminal terminal, OutputSink sink) : terminal_(terminal), sink_(std::move(sink)) {}
  /// False: the sink wants no more.
  bool feed(std::string_view bytes);

 private:
  bool header(std::string_view& bytes);
  bool payload(std::string_view& bytes);
  bool deliver(std::string_view bytes);

  Terminal terminal_;
  OutputSink sink_;
  std::array<char, 8> header_{};
  std::size_t header_size_ = 0;
  int type_ = 0;
  std::size_t left_ = 0, frame_size_ = 0;
  std::string split_;  ///< the frame so far, where it came in pieces
};

}  // namespace crstack::engine
