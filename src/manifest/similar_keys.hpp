// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "crstack/manifest/node.hpp"

namespace crstack::manifest {

/// Finds the key that was probably meant by a name. Every search looks at all keys: a long manifest with many
/// such errors gets no answer after the first ones.
class SimilarKeys {
 public:
  /// The key of `map` that is like `name`; empty where there is none, or where `map` is no map.
  std::string to(std::string_view name, const Node* map);

 private:
  std::size_t left_ = 1'000'000;  ///< keys that may be looked at
};

}  // namespace crstack::manifest
