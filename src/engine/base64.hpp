// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace crstack::engine {

std::string base64_url(std::string_view bytes);          ///< RFC 4648 section 5, padded
std::string base64_decode(std::string_view characters);  ///< both alphabets; stops at what is none

}  // namespace crstack::engine
