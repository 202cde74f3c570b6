// SPDX-License-Identifier: MIT
#include "crstack/base/base64.hpp"

#include <algorithm>
#include <cstdint>

namespace crstack {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::string base64(std::string_view bytes) {
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

std::string base64_url(std::string_view bytes) {
  auto result = base64(bytes);
  std::replace(result.begin(), result.end(), '+', '-');
  std::replace(result.begin(), result.end(), '/', '_');
  return result;
}

std::string base64_decode(std::string_view characters) {
  std::string result;
  std::uint32_t group = 0;
  int bits = 0;
  for (const char c : characters) {
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    const auto value = alphabet.find(c == '-' ? '+' : c == '_' ? '/' : c);
    if (value == std::string_view::npos) break;
    group = group << 6 | static_cast<std::uint32_t>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    result += static_cast<char>(group >> bits & 255);
  }
  return result;
}

}  // namespace crstack
