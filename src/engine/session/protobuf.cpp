// SPDX-License-Identifier: MIT
#include "engine/session/protobuf.hpp"

namespace crstack::engine::protobuf {

namespace {

enum Wire : std::uint32_t { varint = 0, fixed64 = 1, sized = 2, fixed32 = 5 };

void add_varint(std::string& message, std::uint64_t value) {
  for (; value >= 128; value >>= 7) message += static_cast<char>((value & 127) | 128);
  message += static_cast<char>(value);
}

}  // namespace

bool Reader::varint(std::uint64_t& value) {
  value = 0;
  for (int shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 127U) << shift;
    if (byte < 128) return true;
  }
  return false;
}

bool Reader::take(std::uint64_t size, std::string_view& bytes) {
  if (size > rest_.size()) return false;
  bytes = rest_.substr(0, size);
  rest_.remove_prefix(size);
  return true;
}

bool Reader::next(Field& field) {
  field = {};
  std::uint64_t key = 0, size = 0;
  if (!varint(key)) return false;
  field.tag = static_cast<std::uint32_t>(key >> 3);
  switch (key & 7) {
    case Wire::varint:
      return varint(field.number);
    case Wire::fixed64:
      return take(8, field.bytes);
    case Wire::sized:
      return varint(size) && take(size, field.bytes);
    case Wire::fixed32:
      return take(4, field.bytes);
    default:
      return false;
  }
}

void add_bytes(std::string& message, std::uint32_t tag, std::string_view bytes) {
  if (bytes.empty()) return;
  add_varint(message, static_cast<std::uint64_t>(tag) << 3 | Wire::sized);
  add_varint(message, bytes.size());
  message += bytes;
}

void add_number(std::string& message, std::uint32_t tag, std::uint64_t number) {
  if (number == 0) return;
  add_varint(message, static_cast<std::uint64_t>(tag) << 3 | Wire::varint);
  add_varint(message, number);
}

std::string_view bytes_of(std::string_view message, std::uint32_t tag) {
  Reader reader(message);
  for (Field field; reader.next(field);)
    if (field.tag == tag) return field.bytes;
  return {};
}

}  // namespace crstack::engine::protobuf
