// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crstack::cli {

/// Something in a text that looks like a credential.
struct FoundSecret {
  std::string kind;    ///< `Github authentication`
  std::size_t at = 0;  ///< the byte where it begins
  std::string text;
};

/// Credentials that give themselves away by their form: keys and tokens of well-known services, private keys,
/// JSON Web Tokens, URLs with a password. In the order of the text. Mere passwords can't be known.
std::vector<FoundSecret> find_secrets(std::string_view text);

}  // namespace crstack::cli
