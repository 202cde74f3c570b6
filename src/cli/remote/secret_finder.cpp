// SPDX-License-Identifier: MIT
#include "cli/remote/secret_finder.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace crstack::cli {
namespace {

constexpr std::string_view upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view hexadecimal = "0123456789abcdef";
constexpr std::string_view with_dash = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

/// A word that begins with `prefix`, followed by `least` to `most` of certain characters.
struct TokenForm {
  const char* kind;
  std::string_view prefix, characters;
  std::size_t least, most;
};

constexpr std::size_t any = 100000;
constexpr TokenForm forms[] = {
    {"AWS Client ID", "AKIA", upper, 16, 16},
    {"AWS Client ID", "ASIA", upper, 16, 16},
    {"AWS Client ID", "A3T", upper, 17, 17},
    {"Amazon Marketplace Web Service (MWS) Key", "amzn.mws.", with_dash, 36, 36},
    {"Github authentication", "ghp_", letters, 36, 36},
    {"Github authentication", "gho_", letters, 36, 36},
    {"Github authentication", "ghu_", letters, 36, 36},
    {"Github authentication", "ghs_", letters, 36, 36},
    {"Github authentication", "ghr_", letters, 36, 36},
    {"Github authentication", "github_pat_", with_dash, 22, any},
    {"Slack token", "xoxb-", with_dash, 10, any},
    {"Slack token", "xoxp-", with_dash, 10, any},
    {"Slack token", "xoxa-", with_dash, 10, any},
    {"Slack token", "https://hooks.slack.com/services/T",
     "/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 8, any},
    {"Stripe API key", "sk_live_", letters, 24, any},
    {"Stripe API key", "rk_live_", letters, 24, any},
    {"Stripe API key", "sk_test_", letters, 24, any},
    {"Square authentication", "sq0atp-", with_dash, 22, 22},
    {"Twilio authentication", "AC", hexadecimal, 32, 32},
    {"Twilio authentication", "SK", hexadecimal, 32, 32},
    {"npm auth token", "npm_", letters, 36, 36},
    {"npm auth token", "_authToken=", with_dash, 16, any},
};

/// How many of `characters` stand at `at`.
std::size_t run_of(std::string_view text, std::size_t at, std::string_view characters) {
  const auto end = text.find_first_not_of(characters, at);
  return (end == std::string_view::npos ? text.size() : end) - std::min(at, text.size());
}

bool in_word(std::string_view text, std::size_t at) {
  return at < text.size() && letters.find(text[at]) != std::string_view::npos;
}

/// The length of what is found at a place, 0 where nothing is. `text[at]` begins a word.
std::size_t token_at(std::string_view text, std::size_t at, const TokenForm& form) {
  if (!text.substr(at).starts_with(form.prefix)) return 0;
  const auto count = run_of(text, at + form.prefix.size(), form.characters);
  const auto length = form.prefix.size() + count;
  return count >= form.least && count <= form.most && !in_word(text, at + length) ? length : 0;
}

/// Three parts between dots, the first of which is a JSON object.
std::size_t web_token_at(std::string_view text, std::size_t at) {
  if (!text.substr(at).starts_with("eyJ")) return 0;
  auto end = at;
  for (int part = 0; part < 2; ++part) {
    const auto count = run_of(text, end, with_dash);
    end += count;
    if (count < 4 || end >= text.size() || text[end] != '.') return 0;
    ++end;
  }
  return end + run_of(text, end, with_dash) - at;
}

std::size_t private_key_at(std::string_view text, std::size_t at) {
  constexpr std::string_view mark = "PRIVATE KEY-----";
  if (!text.substr(at).starts_with("-----BEGIN ")) return 0;
  const auto named = text.find(mark, at);
  if (named == std::string_view::npos || text.find('\n', at) < named) return 0;
  const auto end = text.find(mark, named + mark.size());
  return (end == std::string_view::npos ? text.size() : end + mark.size()) - at;
}

/// `scheme://user:password@…`, from the scheme on to the next space.
std::size_t url_at(std::string_view text, std::size_t at) {
  const auto scheme = run_of(text, at, "abcdefghijklmnopqrstuvwxyz+");
  if (scheme == 0 || text.substr(at + scheme, 3) != "://") return 0;
  const auto host = text.find_first_of("@/ \n\"'", at + scheme + 3);
  const auto colon = text.find(':', at + scheme + 3);
  if (host == std::string_view::npos || text[host] != '@') return 0;
  if (colon == std::string_view::npos || colon + 1 >= host) return 0;
  if (text[colon + 1] == '$') return 0;  // a variable
  return std::min(text.find_first_of(" \n\"'", host), text.size()) - at;
}

std::size_t basic_at(std::string_view text, std::size_t at) {
  constexpr std::string_view word = "asic ";
  if ((text[at] | 0x20) != 'b' || text.substr(at + 1, word.size()) != word) return 0;
  const auto count = run_of(text, at + 1 + word.size(), base64);
  return count >= 12 && count % 4 == 0 ? 1 + word.size() + count : 0;
}

/// Forty characters of base64 in quotes, on a line that names AWS before.
std::size_t aws_key_at(std::string_view text, std::size_t at) {
  if (text[at] != '"' && text[at] != '\'') return 0;
  if (run_of(text, at + 1, base64) != 40 || at + 41 >= text.size() || text[at + 41] != text[at]) return 0;
  const auto line = text.substr(0, at).substr(text.substr(0, at).rfind('\n') + 1);
  return line.find("aws") != std::string_view::npos || line.find("AWS") != std::string_view::npos ? 42 : 0;
}

struct Finder {
  const char* kind;
  std::size_t (*at)(std::string_view text, std::size_t at);
};

constexpr std::array finders{
    Finder{"JSON Web Token", web_token_at}, Finder{"Private Key", private_key_at},
    Finder{"URL with password", url_at},    Finder{"HTTP Basic Authentication", basic_at},
    Finder{"AWS Secret Key", aws_key_at},
};

/// The kind of what begins at a place, and its length; 0: nothing.
std::pair<const char*, std::size_t> secret_at(std::string_view text, std::size_t at) {
  for (const auto& form : forms)
    if (const auto length = token_at(text, at, form); length > 0) return {form.kind, length};
  for (const auto& finder : finders)
    if (const auto length = finder.at(text, at); length > 0) return {finder.kind, length};
  return {nullptr, 0};
}

}  // namespace

std::vector<FoundSecret> find_secrets(std::string_view text) {
  std::vector<FoundSecret> found;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (at > 0 && in_word(text, at) && in_word(text, at - 1)) continue;
    const auto [kind, length] = secret_at(text, at);
    if (length == 0) continue;
    found.push_back({kind, at, std::string(text.substr(at, length))});
    at += length - 1;
  }
  return found;
}

}  // namespace crstack::cli
