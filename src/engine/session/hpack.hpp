// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crstack::engine {

using HeaderField = std::pair<std::string, std::string>;

/// Reads HTTP/2's compressed headers (RFC 7541); one for each connection, for later blocks refer to what
/// earlier ones said. Blocks must come whole and in order.
class HeaderDecoder {
 public:
  /// Throws EngineError{protocol} for what it can't read.
  std::vector<HeaderField> decode(std::string_view block);

 private:
  [[nodiscard]] HeaderField at(std::uint64_t index) const;
  void remember(const HeaderField& field);
  void shrink(std::size_t limit);

  std::deque<HeaderField> recent_;  ///< the newest first
  std::size_t size_ = 0, limit_ = 4096;
};

/// A block that any decoder reads: no compression, nothing to be remembered.
std::string encode_headers(const std::vector<HeaderField>& fields);

}  // namespace crstack::engine
