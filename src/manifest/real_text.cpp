// SPDX-License-Identifier: MIT
#include "real_text.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace crstack::manifest {

namespace {

constexpr int most_digits = 17;  // of 64 bits

/// The digits in scientific notation. By printf and back, for std::to_chars brings tables of 100 KB along.
std::string scientific_text(double value, Width width) {
  std::array<char, 32> text{};
  for (int digits = 1; digits <= most_digits; ++digits) {
    std::snprintf(text.data(), text.size(), "%.*e", digits - 1, value);
    const bool same = width == Width::bits32 ? std::strtof(text.data(), nullptr) == static_cast<float>(value)
                                             : std::strtod(text.data(), nullptr) == value;
    if (same) break;
  }
  return text.data();
}

}  // namespace

std::string shortest_text(double value, Width width, Notation notation) {
  std::string text = scientific_text(value, width);
  if (notation == Notation::scientific) return text;
  const auto e = text.find('e');
  const int exponent = std::atoi(text.c_str() + e + 1);
  const std::string sign = text[0] == '-' ? "-" : "";
  std::string digits = text.substr(sign.size(), e - sign.size());
  std::erase(digits, '.');
  if (exponent < 0) return sign + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  const auto whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) return sign + digits + std::string(whole - digits.size(), '0');
  return sign + digits.insert(whole, 1, '.');
}

}  // namespace crstack::manifest
