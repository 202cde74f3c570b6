// SPDX-License-Identifier: MIT
#include "engine/base64.hpp"

#include <cstdint>

namespace crstack::engine {

std::string base64_url(std::string_view bytes) {
  static constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string result;
  for (std::size_t place = 0; place < bytes.size(); place += 3) {
    std::uint32_t group = 0;
    const auto count = std::min<std::size_t>(3, bytes.size() - place);
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8 | (i < count ? static_cast<unsigned char>(bytes[place + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i) result += i <= count ? alphabet[group >> (18 - 6 * i) & 63] : '=';
  }
  return result;
}

std::string base64_decode(std::string_view characters) {
  std::string result;
  std::uint32_t group = 0;
  int bits = 0;
  for (const char c : characters) {
    std::uint32_t value = 0;
    if (c >= 'A' && c <= 'Z')
      value = static_cast<std::uint32_t>(c - 'A');
    else if (c >= 'a' && c <= 'z')
      value = static_cast<std::uint32_t>(c - 'a' + 26);
    else if (c >= '0' && c <= '9')
      value = static_cast<std::uint32_t>(c - '0' + 52);
    else if (c == '+' || c == '-')
      value = 62;
    else if (c == '/' || c == '_')
      value = 63;
    else
      break;
    group = group << 6 | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      result += static_cast<char>(group >> bits & 255);
    }
  }
  return result;
}

}  // namespace crstack::engine
