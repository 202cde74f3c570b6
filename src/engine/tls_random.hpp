// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>

#include "crstack/base/text.hpp"

namespace crstack::engine {

/// The kernel's random bytes, as the TLS library asks for them.
inline int tls_random(void*, unsigned char* to, std::size_t size) {
  std::ranges::copy(random_bytes(size), to);
  return 0;
}

}  // namespace crstack::engine
