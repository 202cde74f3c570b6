// SPDX-License-Identifier: MIT
#include "crstack/base/text.hpp"

#include <mbedtls/md.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <numeric>

#include "crstack/base/error.hpp"

namespace crstack {

namespace {

constexpr std::string_view blanks = " \t\r\n\v\f";

/// Insertions, removals, replacements and swaps of neighbours that turn one word into the other.
std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> before(to.size() + 1), row(to.size() + 1), next(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    next[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      next[j] = std::min({row[j] + 1, next[j - 1] + 1, row[j - 1] + (from[i - 1] != to[j - 1] ? 1U : 0U)});
      const bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
      if (swapped) next[j] = std::min(next[j], before[j - 2] + 1);
    }
    before.swap(row);
    row.swap(next);
  }
  return row.back();
}

}  // namespace

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i != 0) text += separator;
    text += parts[i];
  }
  return text;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

const std::string& value_of(const std::map<std::string, std::string>& map, const std::string& key) {
  static const std::string none;
  const auto found = map.find(key);
  return found == map.end() ? none : found->second;
}

std::optional<bool> parse_boolean(std::string_view text) {
  for (const char* yes : {"1", "t", "T", "true", "True", "TRUE"})
    if (text == yes) return true;
  for (const char* no : {"0", "f", "F", "false", "False", "FALSE"})
    if (text == no) return false;
  return std::nullopt;
}

std::string closest_match(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string lower = to_lower(word);
  const std::size_t limit = std::max<std::size_t>(1, word.size() / 3);
  std::size_t best = limit + 1;
  std::string match;
  for (const std::string& candidate : candidates) {
    const std::size_t longer = std::max(candidate.size(), lower.size());
    if (longer - std::min(candidate.size(), lower.size()) >= best) continue;
    const std::size_t distance = edit_distance(lower, to_lower(candidate));
    if (distance < best && distance < longer) {  // else they have nothing in common
      best = distance;
      match = candidate;
    }
  }
  return match;
}

std::string sha256_hex(std::string_view data) {
  std::array<unsigned char, 32> digest{};
  if (mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256),
                 reinterpret_cast<const unsigned char*>(data.data()), data.size(), digest.data()) != 0)
    throw Error("SHA-256 is not available in this build's Mbed TLS");
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : digest) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::string random_bytes(std::size_t bytes) {
  std::string data(bytes, '\0');
  std::size_t done = 0;
  while (done < bytes) {
    const ssize_t got = getrandom(data.data() + done, bytes - done, 0);
    if (got > 0)
      done += static_cast<std::size_t>(got);
    else if (errno != EINTR)
      throw Error("the kernel gives no random bytes");
  }
  return data;
}

}  // namespace crstack
