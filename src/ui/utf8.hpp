// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace crstack::ui {

/// A code point and the bytes that it took. A byte that begins no valid sequence is U+FFFD and takes one
/// byte.
struct Utf8Point {
  char32_t value = 0xfffd;
  std::size_t bytes = 1;
};

/// The first code point of `text`, which must not be empty.
Utf8Point next_point(std::string_view text);

/// `text` as a JSON string, with its quotes; bytes that are no UTF-8 become U+FFFD.
std::string json_quote(std::string_view text);

}  // namespace crstack::ui
