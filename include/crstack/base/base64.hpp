// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace crstack {

std::string base64(std::string_view bytes);      ///< RFC 4648 section 4, padded
std::string base64_url(std::string_view bytes);  ///< section 5, padded
/// Reads both alphabets, and passes over white space; stops at anything else.
std::string base64_decode(std::string_view characters);

}  // namespace crstack
