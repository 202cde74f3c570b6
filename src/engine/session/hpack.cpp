// SPDX-License-Identifier: MIT
#include "engine/session/hpack.hpp"

#include <array>

#include "crstack/engine/error.hpp"

namespace crstack::engine {

namespace {

// RFC 7541, appendix A.
constexpr std::array<std::pair<std::string_view, std::string_view>, 61> static_table = {{
    {":authority", ""},
    {":method", "GET"},
    {":method", "POST"},
    {":path", "/"},
    {":path", "/index.html"},
    {":scheme", "http"},
    {":scheme", "https"},
    {":status", "200"},
    {":status", "204"},
    {":status", "206"},
    {":status", "304"},
    {":status", "400"},
    {":status", "404"},
    {":status", "500"},
    {"accept-charset", ""},
    {"accept-encoding", "gzip, deflate"},
    {"accept-language", ""},
    {"accept-ranges", ""},
    {"accept", ""},
    {"access-control-allow-origin", ""},
    {"age", ""},
    {"allow", ""},
    {"authorization", ""},
    {"cache-control", ""},
    {"content-disposition", ""},
    {"content-encoding", ""},
    {"content-language", ""},
    {"content-length", ""},
    {"content-location", ""},
    {"content-range", ""},
    {"content-type", ""},
    {"cookie", ""},
    {"date", ""},
    {"etag", ""},
    {"expect", ""},
    {"expires", ""},
    {"from", ""},
    {"host", ""},
    {"if-match", ""},
    {"if-modified-since", ""},
    {"if-none-match", ""},
    {"if-range", ""},
    {"if-unmodified-since", ""},
    {"last-modified", ""},
    {"link", ""},
    {"location", ""},
    {"max-forwards", ""},
    {"proxy-authenticate", ""},
    {"proxy-authorization", ""},
    {"range", ""},
    {"referer", ""},
    {"refresh", ""},
    {"retry-after", ""},
    {"server", ""},
    {"set-cookie", ""},
    {"strict-transport-security", ""},
    {"transfer-encoding", ""},
    {"user-agent", ""},
    {"vary", ""},
    {"via", ""},
    {"www-authenticate", ""},
}};

// RFC 7541, appendix B: the lengths of the codes of the characters 32 to 126; the code is canonical, so that
// the lengths are enough. NUL (13) stands among them; everything else has a longer one, and is in no header
// that is sent to us ('\', 19 bits, likewise).
constexpr std::array<std::uint8_t, 95> code_lengths = {
    6, 10, 10, 12, 13, 6, 8,  11, 10, 10, 8, 11, 8,  6,  6,  6, 5,  5, 5, 6,  6,  6,  6, 6,
    6, 6,  7,  8,  15, 6, 12, 10, 13, 6,  7, 7,  7,  7,  7,  7, 7,  7, 7, 7,  7,  7,  7, 7,
    7, 7,  7,  7,  7,  7, 7,  7,  8,  7,  8, 13, 19, 13, 14, 6, 15, 5, 6, 5,  6,  5,  6, 6,
    6, 5,  7,  7,  6,  6, 6,  5,  6,  7,  6, 5,  5,  6,  7,  7, 7,  7, 7, 15, 11, 14, 13};
constexpr int longest_code = 15;

[[noreturn]] void fail(const std::string& what) {
  throw EngineError(ErrorKind::protocol, 0, "POST", "/session", "The engine's build session: " + what);
}

std::vector<char> characters_of_length(int length) {
  std::vector<char> characters;
  if (length == 13) characters.push_back('\0');
  for (std::size_t i = 0; i < code_lengths.size(); ++i)
    if (code_lengths.at(i) == length) characters.push_back(static_cast<char>(32 + i));
  return characters;
}

// Bit by bit: what begins a code of each length, and whom it stands for.
std::string huffman_decode(std::string_view bytes) {
  static const auto characters = [] {
    std::array<std::vector<char>, longest_code + 1> all;
    for (int length = 5; length <= longest_code; ++length)
      all.at(static_cast<std::size_t>(length)) = characters_of_length(length);
    return all;
  }();
  std::string text;
  std::uint32_t code = 0, first = 0;
  std::size_t length = 0;
  for (const char byte : bytes)
    for (int bit = 7; bit >= 0; --bit) {
      code = code << 1 | (static_cast<unsigned char>(byte) >> bit & 1U);
      first <<= 1;
      if (++length > longest_code) fail("a header holds a character that is none");
      const auto& here = characters.at(length);
      if (code - first < here.size()) {
        text += here[code - first];
        code = first = 0;
        length = 0;
      } else {
        first += static_cast<std::uint32_t>(here.size());
      }
    }
  if (length > 7) fail("a header breaks off");
  return text;
}

std::uint64_t take_number(std::string_view& block, int prefix_bits) {
  if (block.empty()) fail("a header breaks off");
  const std::uint64_t mask = (1U << prefix_bits) - 1;
  std::uint64_t value = static_cast<unsigned char>(block.front()) & mask;
  block.remove_prefix(1);
  if (value < mask) return value;
  for (int shift = 0; shift < 56; shift += 7) {
    if (block.empty()) break;
    const auto byte = static_cast<unsigned char>(block.front());
    block.remove_prefix(1);
    value += static_cast<std::uint64_t>(byte & 127U) << shift;
    if (byte < 128) return value;
  }
  fail("a header breaks off");
}

std::string take_text(std::string_view& block) {
  if (block.empty()) fail("a header breaks off");
  const bool coded = (static_cast<unsigned char>(block.front()) & 128U) != 0;
  const auto size = take_number(block, 7);
  if (size > block.size()) fail("a header breaks off");
  const auto bytes = block.substr(0, size);
  block.remove_prefix(size);
  return coded ? huffman_decode(bytes) : std::string(bytes);
}

void add_text(std::string& block, std::string_view text) {
  std::size_t size = text.size();
  if (size < 127) {
    block += static_cast<char>(size);
  } else {
    block += static_cast<char>(127);
    for (size -= 127; size >= 128; size >>= 7) block += static_cast<char>((size & 127) | 128);
    block += static_cast<char>(size);
  }
  block += text;
}

}  // namespace

HeaderField HeaderDecoder::at(std::uint64_t index) const {
  if (index == 0) fail("a header that is none");
  if (index <= static_table.size()) {
    const auto& [name, value] = static_table.at(index - 1);
    return {std::string(name), std::string(value)};
  }
  index -= static_table.size() + 1;
  if (index >= recent_.size()) fail("a header that was never sent");
  return recent_[index];
}

void HeaderDecoder::shrink(std::size_t limit) {
  while (size_ > limit) {
    size_ -= recent_.back().first.size() + recent_.back().second.size() + 32;
    recent_.pop_back();
  }
}

void HeaderDecoder::remember(const HeaderField& field) {
  recent_.push_front(field);
  size_ += field.first.size() + field.second.size() + 32;
  shrink(limit_);
}

std::vector<HeaderField> HeaderDecoder::decode(std::string_view block) {
  std::vector<HeaderField> fields;
  while (!block.empty()) {
    const auto first = static_cast<unsigned char>(block.front());
    if ((first & 0x80U) != 0) {
      fields.push_back(at(take_number(block, 7)));
    } else if ((first & 0xe0U) == 0x20) {
      limit_ = take_number(block, 5);
      shrink(limit_);
    } else {
      const bool kept = (first & 0x40U) != 0;
      const auto index = take_number(block, kept ? 6 : 4);
      auto name = index == 0 ? take_text(block) : at(index).first;
      fields.emplace_back(std::move(name), take_text(block));
      if (kept) remember(fields.back());
    }
  }
  return fields;
}

std::string encode_headers(const std::vector<HeaderField>& fields) {
  std::string block;
  for (const auto& [name, value] : fields) {
    block += '\0';  // a literal that is not to be remembered
    add_text(block, name);
    add_text(block, value);
  }
  return block;
}

}  // namespace crstack::engine
