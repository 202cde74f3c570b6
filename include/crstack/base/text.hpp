// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crstack {

std::vector<std::string> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string_view trim(std::string_view text);
std::string to_lower(std::string_view text);

/// What stands under a key, or the empty text.
const std::string& value_of(const std::map<std::string, std::string>& map, const std::string& key);

/// What a text says as a boolean of flags and variables (`1`, `t`, `T`, `true`, `True`, `TRUE` and their
/// opposites); nothing where it is none.
std::optional<bool> parse_boolean(std::string_view text);

/// The candidate that is most like `word` by edit distance, or an empty string where none is near enough to
/// be what somebody meant. For "did you mean" hints.
std::string closest_match(std::string_view word, const std::vector<std::string>& candidates);

/// Lower-case hexadecimal SHA-256.
std::string sha256_hex(std::string_view data);

/// `bytes` of cryptographic randomness from the kernel. Throws Error where the kernel gives none.
std::string random_bytes(std::size_t bytes);

}  // namespace crstack
