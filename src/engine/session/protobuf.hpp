// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// The little of the protocol buffers' wire format (protobuf.dev, "Encoding") that BuildKit's messages need.
namespace crstack::engine::protobuf {

/// One field of a message: a number, or bytes (text, a nested message).
struct Field {
  std::uint32_t tag = 0;
  std::uint64_t number = 0;
  std::string_view bytes;
};

/// Reads a message's fields in turn; the text must outlive it. A message that breaks off has ended.
class Reader {
 public:
  explicit Reader(std::string_view message) : rest_(message) {}
  bool next(Field& field);

 private:
  bool varint(std::uint64_t& value);
  bool take(std::uint64_t size, std::string_view& bytes);
  std::string_view rest_;
};

/// Appends a field of bytes; an empty one is left out, as its reader takes that for its default.
void add_bytes(std::string& message, std::uint32_t tag, std::string_view bytes);
void add_number(std::string& message, std::uint32_t tag, std::uint64_t number);

/// The bytes of a message's field; empty where it has none.
std::string_view bytes_of(std::string_view message, std::uint32_t tag);

}  // namespace crstack::engine::protobuf
